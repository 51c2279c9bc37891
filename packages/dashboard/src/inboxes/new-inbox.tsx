/** The dialog that creates an inbox. */
import type { Inbox } from '@hoory/client';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { useInboxWords } from './words.ts';

/** Asks only for a name: everything else has a default and its own page. */
export function NewInbox({ onClose, onMade }: { onClose: () => void; onMade: (inbox: Inbox) => void }) {
  const t = useInboxWords();
  const submit = async (fields: FormData) => {
    const inbox = await api('POST /inboxes', {
      name: String(fields.get('name')).trim(),
      channel: { type: 'api' },
    });
    void invalidate('GET /inboxes');
    onMade(inbox);
  };
  return (
    <FormDialog title={t('add')} description={t('addHelp')} act={t('add')} onClose={onClose} submit={submit}>
      <Field label={t('name')} help={t('nameHelp')}>
        <Input name="name" required maxLength={255} placeholder={t('namePlaceholder')} autoFocus />
      </Field>
    </FormDialog>
  );
}
