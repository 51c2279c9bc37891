/** Custom attributes in the pane, each edited in place by the editor of its type. */
import type { CustomAttributeDefinition } from '@hoory/client';
import { ExternalLink } from 'lucide-react';
import {
  type Definition,
  editorOf,
  isOn,
  MAX_AT_A_GLANCE,
  optionsOf,
  toDay,
  toLink,
  toText,
  toValue,
} from '../../contacts/attribute-value.ts';
import { useSave } from '../../ui/field.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useConversationWords } from '../words.ts';
import { InlineField, InlineRow } from './inline-field.tsx';

interface AttributesProps {
  /** Tells one owner of attributes from another: what is typed belongs to one. */
  owner: string;
  definitions: readonly CustomAttributeDefinition[] | undefined;
  values: Record<string, unknown>;
  save: (key: string, value: unknown) => Promise<unknown>;
}

/** The attributes that the account defines, then the others. Where there are many, those with a value come first. */
export function InlineAttributes({ owner, definitions = [], values, save }: AttributesProps) {
  const byKey = new Map(definitions.map((one) => [one.attribute_key, one]));
  const held = new Map(Object.entries(values));
  const nameOf = (key: string) => byKey.get(key)?.attribute_display_name ?? key;
  return (
    <SearchedList
      key={owner}
      items={[...new Set([...byKey.keys(), ...held.keys()])]}
      textOf={nameOf}
      isFirst={(key) => held.has(key)}
      pageSize={MAX_AT_A_GLANCE}
      maxUnsearched={MAX_AT_A_GLANCE}
    >
      {(keys) => (
        <div>
          {keys.map((key) => (
            <InlineAttribute
              key={key}
              name={nameOf(key)}
              definition={byKey.get(key)}
              value={held.get(key)}
              save={(value) => save(key, value)}
            />
          ))}
        </div>
      )}
    </SearchedList>
  );
}

interface Props {
  name: string;
  definition: Definition | undefined;
  value: unknown;
  save: (value: unknown) => Promise<unknown>;
}

/** A switch, a select, or a text field of the right type. */
function InlineAttribute({ name, definition, value, save }: Props) {
  const [state, run] = useSave(save);
  const editor = editorOf(definition, value);
  if (editor === 'switch')
    return (
      <InlineRow label={name} state={state}>
        <Switch label={name} checked={isOn(value)} onChange={(on) => void run(on)} />
      </InlineRow>
    );
  if (editor === 'list' && definition)
    return (
      <InlineRow label={name} state={state}>
        <Select<string | null>
          label={name}
          size="small"
          value={toText(value) || null}
          options={optionsOf(definition, value)}
          onChange={(chosen) => void run(chosen)}
        />
      </InlineRow>
    );
  const link = editor === 'link' ? toLink(value) : undefined;
  const day = editor === 'date' ? toDay(value) : undefined;
  return (
    <InlineField
      label={name}
      value={day ?? toText(value)}
      shown={day && dayInWords(day)}
      type={editor === 'date' ? 'date' : editor === 'link' ? 'url' : 'text'}
      isNumber={editor === 'number'}
      after={link && <ExternalLinkButton name={name} href={link} />}
      onSave={(text) => save(toValue(text, value, editor))}
    />
  );
}

/** A calendar day in words. UTC, because a date without a time is the same day everywhere. */
const dayInWords = (day: string): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    Date.parse(day),
  );

/** Opens a link attribute in a new tab; the value itself opens its editor. */
function ExternalLinkButton({ name, href }: { name: string; href: string }) {
  const t = useConversationWords();
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t('openLink', { name })}
      className="shrink-0 rounded-control p-1 text-icon hover:bg-hover"
    >
      <ExternalLink aria-hidden size={14} />
    </a>
  );
}
