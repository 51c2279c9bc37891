/** Merges another contact into this one: search it, compare, confirm. It cannot be undone. */
import type { Contact } from '@hoory/client';
import { useDeferredValue, useState } from 'react';
import { api, queries } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Record, Records } from '../settings/records.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { showToast } from '../ui/toast.tsx';
import { toText } from './attribute-value.ts';
import { useContactWords } from './words.ts';

interface Props {
  /** Stays. */
  base: Contact;
  onClose: () => void;
}

/** The dialog. After the merge everything that was read of the contact is read again. */
export function MergeContact({ base, onClose }: Props) {
  const t = useContactWords();
  const [other, setOther] = useState<Contact>();
  const [fault, setFault] = useState<string>();
  const submit = async () => {
    if (!other) {
      setFault(t('mergeNeedsOne'));
      return false;
    }
    await api('POST /actions/contact_merge', { base_contact_id: base.id, mergee_contact_id: other.id });
    void queries.invalidateQueries({ queryKey: ['contacts'] });
    await invalidate(
      'GET /contacts/{id}',
      'GET /contacts/{id}/conversations',
      'GET /contacts/{id}/labels',
      'GET /contacts/{contact_id}/notes',
    );
    showToast({ title: t('merged', { name: base.name }) });
    return true;
  };
  return (
    <FormDialog
      title={t('mergeTitle', { name: base.name })}
      description={t('mergeHelp')}
      act={t('merge')}
      danger
      wide
      onClose={onClose}
      submit={submit}
    >
      {other ? (
        <Preview base={base} other={other} onChange={() => setOther(undefined)} />
      ) : (
        <Finder base={base} fault={fault} onChoose={setOther} />
      )}
    </FormDialog>
  );
}

interface FinderProps {
  base: Contact;
  fault: string | undefined;
  onChoose: (contact: Contact) => void;
}

/** Searches the other contact; at most six hits are shown. */
function Finder({ base, fault, onChoose }: FinderProps) {
  const t = useContactWords();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const { data } = useApi(
    'GET /contacts/search',
    { q, include_contact_inboxes: false },
    { enabled: q !== '' },
  );
  const found = q ? data?.payload.filter(({ id }) => id !== base.id) : undefined;
  return (
    <>
      <Field label={t('mergeSearch')} fault={fault}>
        <Input
          type="search"
          value={text}
          placeholder={t('search')}
          onChange={({ target }) => setText(target.value)}
          autoFocus
        />
      </Field>
      {found && !found.length && <p className="text-soft">{t('noMatch')}</p>}
      {found && found.length > 0 && (
        <Records>
          {found.slice(0, 6).map((contact) => (
            <Record
              key={contact.id}
              name={contact.name}
              mark={<Avatar name={contact.name} url={contact.thumbnail} />}
              title={contact.name}
              detail={contact.email ?? contact.phone_number ?? contact.identifier}
              onOpen={() => onChoose(contact)}
            />
          ))}
        </Records>
      )}
    </>
  );
}

interface PreviewProps {
  base: Contact;
  other: Contact;
  onChange: () => void;
}

/** The values of the merged contact: its own, and those of the other contact where it has none. */
function Preview({ base, other, onChange }: PreviewProps) {
  const t = useContactWords();
  const lines = [
    [t('name'), base.name, other.name],
    [t('email'), base.email, other.email],
    [t('phone'), base.phone_number, other.phone_number],
    [t('identifier'), base.identifier, other.identifier],
    ...attributesOf(base, other),
  ] as const;
  return (
    <>
      <div className="flex items-center justify-between gap-3">
        <p className="font-medium">{t('mergePreview')}</p>
        <Button size="small" onClick={onChange}>
          {t('change')}
        </Button>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 rounded-panel border border-line p-4">
        {lines
          .filter(([, mine, theirs]) => mine || theirs)
          .map(([label, mine, theirs]) => (
            <div key={label} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-soft">{label}</dt>
              <dd className="min-w-0 break-words">
                <span dir="auto">{mine || theirs}</span>
                {!mine && (
                  <span className="ms-2 text-xs text-accent-text">
                    {t('mergeFrom', { name: other.name })}
                  </span>
                )}
              </dd>
            </div>
          ))}
      </dl>
    </>
  );
}

/** Key and both values of every attribute. */
function attributesOf(base: PreviewProps['base'], other: PreviewProps['other']) {
  const mine = new Map(Object.entries(base.custom_attributes));
  const theirs = new Map(Object.entries(other.custom_attributes));
  const keys = [...new Set([...mine.keys(), ...theirs.keys()])];
  return keys.map((key) => [key, toText(mine.get(key)), toText(theirs.get(key))] as const);
}
