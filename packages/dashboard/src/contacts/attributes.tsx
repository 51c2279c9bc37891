/** The custom attributes of a contact: those that the account defines, and any others that were sent. */
import type { Contact } from '@hoory/client';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section } from '../settings/page.tsx';
import { useSettingsWords } from '../settings/words.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { showToast } from '../ui/toast.tsx';
import { AttributeField } from './attribute-field.tsx';
import { editorOf, keyPattern, MAX_AT_A_GLANCE } from './attribute-value.ts';
import type { SaveContact } from './use-contact.ts';
import { useContactWords } from './words.ts';

interface Props {
  contact: Contact;
  save: SaveContact;
  put: (contact: Contact) => void;
}

/** Defined attributes come first, also those without a value. Where there are many, those with a value come before them. */
export function Attributes({ contact, save, put }: Props) {
  const t = useContactWords();
  const remove = useRemoveAttribute({ contact, save, put });
  const [adding, setAdding] = useState(false);
  const { data: definitions } = useApi('GET /custom_attribute_definitions', {
    attribute_model: 'contact_attribute',
  });
  const values = new Map(Object.entries(contact.custom_attributes));
  const byKey = new Map(definitions?.map((one) => [one.attribute_key, one]));
  const keys = [...new Set([...byKey.keys(), ...values.keys()])];

  const toField = (key: string) => (
    <Attribute
      key={key}
      name={key}
      definition={byKey.get(key)}
      value={values.get(key)}
      save={(value) => save({ custom_attributes: { [key]: value } })}
      onRemove={values.has(key) ? () => void remove(key) : undefined}
    />
  );
  const add = (
    <Button size="small" icon={Plus} onClick={() => setAdding(true)}>
      {t('addAttribute')}
    </Button>
  );
  return (
    <Section title={t('attributes')} action={add}>
      {!keys.length && <p className="text-soft">{t('noAttributes')}</p>}
      {definitions && keys.length > 0 && (
        <SearchedList
          items={keys}
          textOf={(key) => byKey.get(key)?.attribute_display_name ?? key}
          isFirst={(key) => values.has(key)}
          pageSize={MAX_AT_A_GLANCE}
          maxUnsearched={MAX_AT_A_GLANCE}
        >
          {(some) => some.map(toField)}
        </SearchedList>
      )}
      {adding && <NewAttribute save={save} onClose={() => setAdding(false)} />}
    </Section>
  );
}

/** Returns a function that removes an attribute; Undo writes its value again. */
function useRemoveAttribute({ contact, save, put }: Props): (key: string) => Promise<void> {
  const t = useContactWords();
  const settings = useSettingsWords();
  const showError = useErrorToast();
  return async (key) => {
    const before = new Map(Object.entries(contact.custom_attributes)).get(key);
    try {
      const input = { id: contact.id, custom_attributes: [key] };
      put((await api('POST /contacts/{id}/destroy_custom_attributes', input)).payload);
      const undo = () => void save({ custom_attributes: { [key]: before } });
      showToast({ title: t('removedAttribute', { key }), action: { label: settings('undo'), run: undo } });
    } catch (error) {
      showError(t('notRemoved'), error);
    }
  };
}

/** A dialog for an attribute without a definition; its value is text. */
function NewAttribute({ save, onClose }: { save: SaveContact; onClose: () => void }) {
  const t = useContactWords();
  const submit = (fields: FormData) =>
    save({ custom_attributes: { [String(fields.get('key')).trim()]: String(fields.get('value')) } });
  return (
    <FormDialog title={t('addAttribute')} onClose={onClose} submit={submit}>
      <Field label={t('attributeKey')} help={t('keyFault')}>
        <Input name="key" required pattern={keyPattern} dir="auto" autoComplete="off" autoFocus />
      </Field>
      <Field label={t('attributeValue')}>
        <Input name="value" required autoComplete="off" />
      </Field>
    </FormDialog>
  );
}

interface AttributeProps extends Omit<Parameters<typeof AttributeField>[0], 'name'> {
  /** Its key. */
  name: string;
  /** Undefined: it has no value to remove. */
  onRemove: (() => void) | undefined;
}

/** The editor, and a button that removes the value. */
function Attribute({ name, definition, value, save, onRemove }: AttributeProps) {
  const t = useContactWords();
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <AttributeField
          name={definition?.attribute_display_name ?? name}
          definition={definition}
          value={value}
          save={save}
        />
      </div>
      {onRemove && (
        <IconButton
          icon={X}
          label={t('removeAttribute', { key: name })}
          // Beside the control, which stands beneath its label unless it is a switch.
          className={editorOf(definition, value) === 'switch' ? '-my-1.5' : 'mt-6.5'}
          onClick={onRemove}
        />
      )}
    </div>
  );
}
