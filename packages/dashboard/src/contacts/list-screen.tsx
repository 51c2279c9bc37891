/** All contacts: to find, to filter by label or presence, to sort. */
import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useApi } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Select } from '../ui/select.tsx';
import { ContactList } from './contact-list.tsx';
import { NewContact } from './new-contact.tsx';
import { useContacts } from './use-contacts.ts';
import { type Sort, useView, type View } from './view.ts';
import { useContactWords } from './words.ts';

export function Screen() {
  const t = useContactWords();
  const navigate = useNavigate();
  const [view, change] = useView();
  const query = useContacts(useDeferredValue(view));
  const [adding, setAdding] = useState(false);
  const count = query.data?.pages[0]?.count;
  return (
    <div className="flex h-full flex-col">
      <header className="flex flex-wrap items-center justify-between gap-3 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">
          {t('title')}
          {count !== undefined && (
            <span className="tabular ms-2 text-sm font-normal text-soft">{t('count', { count })}</span>
          )}
        </h1>
        <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
          {t('add')}
        </Button>
      </header>
      <Filters view={view} change={change} />
      <ContactList query={query} view={view} />
      {adding && (
        <NewContact
          onClose={() => setAdding(false)}
          onMade={({ id }) => void navigate({ to: `/contacts/${id}` })}
        />
      )}
    </div>
  );
}

const sortWords = {
  '-last_activity_at': 'lastActive',
  '-created_at': 'newest',
  name: 'byName',
  email: 'byEmail',
} as const;

function Filters({ view, change }: { view: View; change: (change: Partial<View>) => void }) {
  const t = useContactWords();
  const { data: labels } = useApi('GET /labels', {});
  const [typed, setTyped] = useState(view.q);
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-3 sm:px-6">
      <Input
        type="search"
        value={typed}
        aria-label={t('search')}
        placeholder={t('search')}
        className="max-w-90 max-sm:max-w-none"
        onChange={({ target }) => {
          setTyped(target.value);
          change({ q: target.value });
        }}
      />
      <Select
        value={view.online}
        options={[
          { value: false, label: t('everybody') },
          { value: true, label: t('online') },
        ]}
        onChange={(online) => change({ online, label: null })}
        disabled={Boolean(view.q)}
        label={t('online')}
        className="max-w-36"
      />
      <Select<string | null>
        value={view.label}
        options={[
          { value: null, label: t('anyLabel') },
          ...(labels?.payload ?? []).map(({ title, color }) => ({
            value: title,
            label: title,
            mark: <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: color }} />,
          })),
        ]}
        onChange={(label) => change({ label, online: false })}
        disabled={Boolean(view.q)}
        label={t('labelled')}
        className="max-w-40"
      />
      <Select<Sort>
        value={view.sort}
        options={Object.entries(sortWords).map(([value, word]) => ({ value: value as Sort, label: t(word) }))}
        onChange={(sort) => change({ sort })}
        label={t('sort')}
        className="max-w-40"
      />
    </search>
  );
}
