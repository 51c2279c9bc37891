/** The dialog that creates a contact. */
import type { Contact } from '@hoory/client';
import { api, queries } from '../api/api.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { useContactWords } from './words.ts';

interface Props {
  onClose: () => void;
  onMade: (contact: Contact) => void;
}

/** Empty fields are left out of the request. */
export function NewContact({ onClose, onMade }: Props) {
  const t = useContactWords();
  const submit = async (fields: FormData) => {
    const text = (name: string) => String(fields.get(name)).trim() || undefined;
    const { payload } = await api('POST /contacts', {
      name: text('name'),
      email: text('email'),
      phone_number: text('phone_number'),
      identifier: text('identifier'),
    });
    void queries.invalidateQueries({ queryKey: ['contacts'] });
    onMade(payload.contact);
  };
  return (
    <FormDialog title={t('add')} act={t('add')} onClose={onClose} submit={submit}>
      <Field label={t('name')}>
        <Input name="name" required maxLength={255} autoFocus autoComplete="off" />
      </Field>
      <Field label={t('email')}>
        <Input name="email" type="email" dir="ltr" autoComplete="off" />
      </Field>
      <Field label={t('phone')} help={t('phoneHelp')}>
        <Input name="phone_number" type="tel" dir="ltr" pattern="\+[1-9][0-9]{1,14}" autoComplete="off" />
      </Field>
      <Field label={t('identifier')} help={t('identifierHelp')}>
        <Input name="identifier" dir="ltr" maxLength={255} autoComplete="off" />
      </Field>
    </FormDialog>
  );
}
