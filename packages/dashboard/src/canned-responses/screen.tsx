/** The canned responses of the account. */
import type { CannedResponse } from '@hoory/client';
import { TextQuote } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { ResponseForm } from './response-form.tsx';
import { useCannedWords } from './words.ts';

export function Screen() {
  const t = useCannedWords();
  const query = useApi('GET /canned_responses', {});
  return (
    <RecordsPage<CannedResponse>
      kind="canned_response"
      t={t}
      icon={TextQuote}
      query={query}
      records={query.data}
      toRow={({ short_code, content }) => ({ name: `/${short_code}`, detail: content })}
      form={(response, close) => <ResponseForm response={response} onClose={close} />}
      remove={async ({ id }) => {
        await api('DELETE /canned_responses/{id}', { id });
        await invalidate('GET /canned_responses');
      }}
    />
  );
}
