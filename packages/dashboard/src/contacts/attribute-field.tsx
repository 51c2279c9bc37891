/** One custom attribute on the page of a contact, with the editor of its type. */
import type { CustomAttributeDefinition } from '@hoory/client';
import { ExternalLink } from 'lucide-react';
import { SavedSelect, SavedSwitch, SavedText } from '../settings/saved.tsx';
import { editorOf, isOn, optionsOf, toDay, toLink, toText, toValue } from './attribute-value.ts';
import { useContactWords } from './words.ts';

interface Props {
  name: string;
  definition: CustomAttributeDefinition | undefined;
  value: unknown;
  save: (value: unknown) => Promise<unknown>;
}

/** Saves by itself. A link is shown below its field, because the field itself is for editing. */
export function AttributeField({ name, definition, value, save }: Props) {
  const t = useContactWords();
  const editor = editorOf(definition, value);
  const common = { label: name, help: definition?.attribute_description ?? undefined };
  if (editor === 'switch') return <SavedSwitch {...common} value={isOn(value)} save={save} />;
  if (editor === 'list' && definition)
    return (
      <SavedSelect<string | null>
        {...common}
        value={toText(value) || null}
        options={optionsOf(definition, value)}
        save={save}
      />
    );
  const link = editor === 'link' ? toLink(value) : undefined;
  const help = link ? (
    <a
      href={link}
      target="_blank"
      rel="noopener noreferrer"
      className="inline-flex items-center gap-1 underline"
    >
      {t('openLink')} <ExternalLink aria-hidden size={12} />
    </a>
  ) : (
    common.help
  );
  return (
    <SavedText
      label={name}
      help={help}
      value={editor === 'date' ? toDay(value) : toText(value)}
      type={editor === 'date' ? 'date' : editor === 'link' ? 'url' : 'text'}
      inputMode={editor === 'number' ? 'decimal' : undefined}
      ltr={editor === 'number' || editor === 'link'}
      save={(text) => save(toValue(text, value, editor))}
    />
  );
}
