/** The list of contacts: search, filters, order, and bulk actions. */
import { useNavigate } from '@tanstack/react-router';
import { ListChecks, Plus } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useShortcuts } from '../shell/shortcuts.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { SelectionContext, useNewSelection } from '../ui/selection.ts';
import { useUiWords } from '../words/ui.ts';
import { ContactList } from './contact-list.tsx';
import { Filters } from './filters.tsx';
import { NewContact } from './new-contact.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useContacts } from './use-contacts.ts';
import { useView } from './view.ts';
import { useContactWords } from './words.ts';

/** The view is deferred, so that typing stays fast while a long list is drawn. */
export function Screen() {
  const t = useContactWords();
  const navigate = useNavigate();
  const [view, change] = useView();
  const query = useContacts(useDeferredValue(view));
  const [adding, setAdding] = useState(false);
  const count = query.data?.pages[0]?.count;
  const pages = query.data?.pages;
  const ids = useMemo(() => (pages ?? []).flatMap(({ contacts }) => contacts.map(({ id }) => id)), [pages]);
  const selection = useNewSelection(ids, JSON.stringify(view));
  useSelectionKeys(selection);
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

/** Keys that select the focused row, alone or up to the one selected last. */
function useSelectionKeys(selection: ReturnType<typeof useNewSelection>): void {
  const ui = useUiWords();
  const chooseFocused = (reach: boolean) => {
    const row = document.activeElement?.closest<HTMLElement>('[data-contact]');
    if (row) selection.toggle(Number(row.dataset.contact), reach);
  };
  useShortcuts([
    { keys: 'x', label: ui('chooseThis'), run: () => chooseFocused(false), keysOnly: true },
    { keys: 'Shift+X', label: ui('chooseUpTo'), run: () => chooseFocused(true), keysOnly: true },
  ]);
}
