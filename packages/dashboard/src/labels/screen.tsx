/** The labels of the account. */
import type { Label } from '@hoory/client';
import { Tag } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { LabelForm } from './label-form.tsx';
import { useLabelWords } from './words.ts';

export function Screen() {
  const t = useLabelWords();
  const query = useApi('GET /labels', {});
  return (
    <RecordsPage<Label>
      kind="label"
      t={t}
      icon={Tag}
      query={query}
      records={query.data?.payload}
      toRow={({ title, description, color }) => ({
        name: title,
        detail: description,
        mark: <span aria-hidden className="size-3 shrink-0 rounded-full" style={{ background: color }} />,
      })}
      form={(label, close) => <LabelForm label={label} onClose={close} />}
      remove={async ({ id }) => {
        await api('DELETE /labels/{id}', { id });
        await invalidate('GET /labels');
      }}
      administrator
    />
  );
}
