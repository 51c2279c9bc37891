/** The dialog that creates or changes a canned response. */
import type { CannedResponse } from '@hoory/client';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input, Textarea } from '../ui/input.tsx';
import { useCannedWords } from './words.ts';

interface Props {
  response: CannedResponse | undefined;
  onClose: () => void;
}

/** A leading slash is removed from the short code, since people type it as they will use it. */
export function ResponseForm({ response, onClose }: Props) {
  const t = useCannedWords();
  const submit = async (fields: FormData) => {
    const input = {
      short_code: String(fields.get('short_code')).trim().replace(/^\//, ''),
      content: String(fields.get('content')),
    };
    if (response) await api('PATCH /canned_responses/{id}', { id: response.id, ...input });
    else await api('POST /canned_responses', input);
    await invalidate('GET /canned_responses');
  };
  return (
    <FormDialog title={response ? t('edit') : t('add')} onClose={onClose} submit={submit}>
      <Field label={t('code')} help={t('codeHelp')}>
        <Input
          name="short_code"
          defaultValue={response?.short_code}
          required
          maxLength={255}
          autoComplete="off"
          autoFocus
        />
      </Field>
      <Field label={t('content')} help={t('contentHelp')}>
        <Textarea name="content" defaultValue={response?.content} required rows={6} />
      </Field>
    </FormDialog>
  );
}
