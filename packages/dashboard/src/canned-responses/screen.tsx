/** The canned responses of the account, with a search field when there are many. */
import type { CannedResponse } from '@hoory/client';
import { Search, TextQuote } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { Input } from '../ui/input.tsx';
import { ResponseForm } from './response-form.tsx';
import { useCannedWords } from './words.ts';

/** Up to so many are seen at a glance. */
const MIN_SEARCHABLE = 8;

export function Screen() {
  const t = useCannedWords();
  const query = useApi('GET /canned_responses', {});
  const [text, setText] = useState('');
  const searched = text.trim().toLowerCase();
  const matches = query.data?.filter(({ short_code, content }) =>
    `${short_code} ${content}`.toLowerCase().includes(searched),
  );
  return (
    <RecordsPage<CannedResponse>
      kind="canned_response"
      t={t}
      none={searched ? t('noMatch', { text }) : undefined}
      icon={searched ? Search : TextQuote}
      query={query}
      records={matches}
      toRow={({ short_code, content }) => ({ name: `/${short_code}`, detail: content })}
      form={(response, close) => <ResponseForm response={response} onClose={close} />}
      remove={async ({ id }) => {
        await api('DELETE /canned_responses/{id}', { id });
        await invalidate('GET /canned_responses');
      }}
    >
      {(query.data?.length ?? 0) > MIN_SEARCHABLE && (
        <Input
          type="search"
          value={text}
          aria-label={t('search')}
          placeholder={t('search')}
          onChange={({ target }) => setText(target.value)}
        />
      )}
    </RecordsPage>
  );
}
