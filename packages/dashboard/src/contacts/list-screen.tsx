/** All contacts: to find, to filter by label or presence, to sort. */

import { useNavigate } from '@tanstack/react-router';
import { Bookmark, ListChecks, Plus } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useApi } from '../api/queries.ts';
import { SavedFilters } from '../filters/saved-filters.tsx';
import { useShortcuts } from '../shell/shortcuts.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Popover } from '../ui/popover.tsx';
import { Select } from '../ui/select.tsx';
import { SelectionContext, useNewSelection } from '../ui/selection.ts';
import { useUiWords } from '../words/ui.ts';
import { toChoices, toConditions } from './conditions.ts';
import { ContactList } from './contact-list.tsx';
import { NewContact } from './new-contact.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useContacts } from './use-contacts.ts';
import { type Sort, useView, type View } from './view.ts';
import { useContactWords } from './words.ts';

export function Screen() {
  const t = useContactWords();
  const ui = useUiWords();
  const navigate = useNavigate();
  const [view, change] = useView();
  const query = useContacts(useDeferredValue(view));
  const [adding, setAdding] = useState(false);
  const count = query.data?.pages[0]?.count;
  const pages = query.data?.pages;
  const ids = useMemo(() => (pages ?? []).flatMap(({ contacts }) => contacts.map(({ id }) => id)), [pages]);
  const selection = useNewSelection(ids, JSON.stringify(view));
  const chooseFocused = (reach: boolean) => {
    const row = document.activeElement?.closest<HTMLElement>('[data-contact]');
    if (row) selection.toggle(Number(row.dataset.contact), reach);
  };
  useShortcuts([
    { keys: 'x', label: ui('chooseThis'), run: () => chooseFocused(false), keysOnly: true },
    { keys: 'Shift+X', label: ui('chooseUpTo'), run: () => chooseFocused(true), keysOnly: true },
  ]);
  return (
    <SelectionContext value={selection}>
      <div className="flex h-full flex-col">
        <header className="flex flex-wrap items-center gap-x-2 gap-y-3 px-4 pt-5 pb-3 sm:px-6">
          <h1 className="min-w-0 flex-1 text-xl font-semibold">
            {t('title')}
            {count !== undefined && (
              <span className="tabular ms-2 text-sm font-normal text-soft">{t('count', { count })}</span>
            )}
          </h1>
          {ids.length > 0 && !selection.isOn && (
            <IconButton icon={ListChecks} label={t('select')} onClick={selection.start} />
          )}
          <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        </header>
        {selection.isOn ? <SelectionBar query={query} ids={ids} /> : <Filters view={view} change={change} />}
        <ContactList query={query} view={view} />
        {adding && (
          <NewContact
            onClose={() => setAdding(false)}
            onMade={({ id }) => void navigate({ to: `/contacts/${id}` })}
          />
        )}
      </div>
    </SelectionContext>
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
  const narrow = (next: Pick<View, 'q' | 'label'>) => {
    setTyped(next.q);
    change({ ...next, online: false, saved: undefined });
  };
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
          change({ q: target.value, saved: undefined });
        }}
      />
      <Select
        value={view.online}
        options={[
          { value: false, label: t('everybody') },
          { value: true, label: t('online') },
        ]}
        onChange={(online) => change({ online, label: null, saved: undefined })}
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
        onChange={(label) => change({ label, online: false, saved: undefined })}
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
      <Popover
        label={t('savedFilters')}
        align="end"
        className="w-72"
        trigger={
          <Button look="quiet" icon={Bookmark} aria-pressed={view.saved !== undefined}>
            {t('savedFilters')}
          </Button>
        }
      >
        <SavedFilters
          type="contact"
          chosen={view.saved}
          conditions={toConditions(view)}
          onChoose={(saved) => {
            if (saved !== undefined) setTyped('');
            change(saved === undefined ? { saved } : { saved, q: '', label: null, online: false });
          }}
          onEdit={(conditions) => {
            const choices = toChoices(conditions);
            if (choices) narrow(choices);
            return choices !== undefined;
          }}
        />
      </Popover>
    </search>
  );
}
