/** The pane of the list: heading, tabs with counts, filters, and the rows. */
import { Inbox, ListChecks, WifiOff } from 'lucide-react';
import { useApi } from '../../api/queries.ts';
import { useSavedFilters } from '../../filters/filter-editing.ts';
import { useDeskState, useList, useLiveStatus } from '../../live/desk.tsx';
import { scopeKey } from '../../live/lists.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState, Skeleton } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useSelection } from '../../ui/selection.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { useAddress, useSetFilter } from '../address.ts';
import { useConversationWords } from '../words.ts';
import { FilterMenu } from './filter-menu.tsx';
import { Rows } from './rows.tsx';
import { SelectionBar } from './selection-bar.tsx';

/**
 * The selection bar replaces the heading in selection mode. A saved filter has no tabs: it says itself whose conversations
 * it shows.
 */
export function ListPane() {
  const t = useConversationWords();
  const { filter } = useAddress();
  const { list, error, retry } = useList(filter);
  const selection = useSelection();
  const saved = useSavedFilters('conversation').data?.find(({ id }) => id === filter.saved);
  return (
    <div className="flex h-full flex-col">
      {selection.isOn && list ? (
        <SelectionBar list={list} />
      ) : (
        <header className="flex h-12 shrink-0 items-center ps-4 pe-2">
          <h2 className="min-w-0 flex-1 truncate text-base font-semibold">
            {saved?.name ?? t(filter.status === 'open' ? 'place' : filter.status)}
          </h2>
          {list && list.ids.length > 0 && (
            <IconButton icon={ListChecks} size="small" label={t('select')} onClick={selection.start} />
          )}
          <FilterMenu />
        </header>
      )}
      {saved === undefined && <ListTabs />}
      <ConnectionNotice />
      <div className="min-h-0 flex-1">
        {error ? (
          <ErrorState error={error} title={t('listFailed')} onRetry={retry} />
        ) : !list ? (
          <SkeletonRows />
        ) : list.ids.length || list.next ? (
          <Rows list={list} />
        ) : (
          <EmptyList />
        )}
      </div>
    </div>
  );
}

/** The tabs with their counts. Mentions have a count of their own, because the server counts them apart. */
function ListTabs() {
  const t = useConversationWords();
  const { filter } = useAddress();
  const setFilter = useSetFilter();
  const { inbox_id, team_id, label } = filter;
  const labels = label ? [label] : undefined;
  const input = { conversation_type: 'mention', status: 'all', inbox_id, team_id, labels } as const;
  const mentions = useApi('GET /conversations/meta', input).data?.meta.all_count;
  const counts = useDeskState((state) => state.counts.get(scopeKey(filter)))?.counts;
  return (
    <Tabs
      label={t('whose')}
      value={filter.tab}
      onChange={(tab) => setFilter({ tab })}
      tabs={[
        { value: 'me', label: t('mine'), count: counts?.mine_count },
        { value: 'unassigned', label: t('unassigned'), count: counts?.unassigned_count },
        { value: 'all', label: t('all'), count: counts?.all_count },
        { value: 'mention', label: '@', name: t('mentions'), count: mentions || undefined },
      ]}
    />
  );
}

/** Tells that the list may be outdated. It appears after two seconds, so that a short break is not noticed. */
function ConnectionNotice() {
  const t = useConversationWords();
  const status = useLiveStatus();
  if (status === 'live' || status === 'polling') return null;
  return (
    <p
      role="status"
      className="flex items-center gap-2 bg-note px-4 py-1.5 text-xs text-note-text [animation:appear_140ms_2s_backwards]"
    >
      <WifiOff aria-hidden size={13} /> {t('reconnecting')}
    </p>
  );
}

/** Says why the list is empty, for each tab. */
function EmptyList() {
  const t = useConversationWords();
  const { tab, status } = useAddress().filter;
  const title =
    tab === 'mention'
      ? t('noMentions')
      : status !== 'open'
        ? t('noneHere')
        : tab === 'me'
          ? t('noneMine')
          : t('noneOpen');
  return (
    <EmptyState icon={Inbox} title={title}>
      {tab === 'mention' ? t('noMentionsHelp') : tab === 'me' ? t('noneMineHelp') : t('noneOpenHelp')}
    </EmptyState>
  );
}

/** Rows in their final height, so that nothing moves when the list arrives. */
function SkeletonRows() {
  return Array.from({ length: 9 }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
    <div key={index} className="flex h-16 items-center gap-3 px-4">
      <Skeleton className="size-9 rounded-full" />
      <div className="flex-1 space-y-2">
        <Skeleton className="h-3 w-1/2" />
        <Skeleton className="h-3 w-4/5" />
      </div>
    </div>
  ));
}
