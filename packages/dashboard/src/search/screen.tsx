/** The search: one field, and hits by kind. Text and kind are in the address, so that Back returns to them. */
import { Search, SearchX } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { paths, useGo, useRouteSearch } from '../route-paths.ts';
import { RecordsSkeleton } from '../settings/records.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Input } from '../ui/input.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { type Kind, kinds, validateSearch } from './address.ts';
import { Results } from './results.tsx';
import { useSearchHits } from './use-search.ts';
import { useSearchWords } from './words.ts';

/** Each letter replaces the address instead of adding a step to the history. */
export function Screen() {
  const t = useSearchWords();
  const go = useGo();
  const { q = '', kind = 'all' } = useRouteSearch(validateSearch);
  const [text, setText] = useState(q);
  const show = (next: string, kind: Kind) =>
    go({
      to: paths.search,
      search: { q: next || undefined, kind: kind === 'all' ? undefined : kind },
      replace: true,
    });
  return (
    <div className="h-full overflow-y-auto">
      <article className="mx-auto flex max-w-180 flex-col gap-5 px-4 pt-6 pb-24 sm:px-8">
        <h1 className="text-xl font-semibold">{t('title')}</h1>
        <search>
          <Input
            type="search"
            value={text}
            aria-label={t('box')}
            placeholder={t('box')}
            autoFocus
            onChange={({ target }) => {
              setText(target.value);
              show(target.value, kind);
            }}
          />
        </search>
        <Kinds kind={kind} onChange={(next) => show(text, next)} />
        <SearchResults text={text} kind={kind} onKind={(next) => show(text, next)} />
      </article>
    </div>
  );
}

/** The text is deferred, so that typing stays fast. */
function SearchResults({ text, kind, onKind }: { text: string; kind: Kind; onKind: (kind: Kind) => void }) {
  const t = useSearchWords();
  const searched = useDeferredValue(text);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSearchHits(
    searched,
    kind,
  );
  if (!text.trim()) return <EmptyState icon={Search} title={t('help')} />;
  if (error) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (!data) return <RecordsSkeleton rows={6} />;
  const hits = {
    conversations: data.pages.flatMap(({ conversations }) => conversations),
    contacts: data.pages.flatMap(({ contacts }) => contacts),
    messages: data.pages.flatMap(({ messages }) => messages),
  };
  if (!hits.conversations.length && !hits.contacts.length && !hits.messages.length)
    return (
      <EmptyState icon={SearchX} title={t('noMatch', { text: text.trim() })}>
        {t('noMatchHelp')}
      </EmptyState>
    );
  return (
    <>
      <Results hits={hits} kind={kind} onKind={onKind} />
      {hasNextPage && (
        <Button className="self-center" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}

/** The tabs that choose a kind. */
function Kinds({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const t = useSearchWords();
  return (
    <div className="-mx-2 overflow-x-auto">
      <Tabs
        value={kind}
        label={t('title')}
        tabs={kinds.map((value) => ({ value, label: t(value) }))}
        onChange={onChange}
      />
    </div>
  );
}
