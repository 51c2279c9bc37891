/** The rows of a list: only those in sight are in the page, and the next page is loaded before its end is reached. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useDesk } from '../../live/desk.tsx';
import { fetchMore } from '../../live/fetch.ts';
import { type List, listKey } from '../../live/lists.ts';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useSelection } from '../../ui/selection.ts';
import { useAddress } from '../address.ts';
import { useLoadMore } from '../load-more.ts';
import { useConversationWords } from '../words.ts';
import { useHeldOrder } from './held-order.ts';
import { ROW_HEIGHT, Row } from './row.tsx';

/** A virtual list with rows of one height. Beyond the loaded rows a skeleton stands for the next page. */
export function Rows({ list }: { list: List }) {
  const t = useConversationWords();
  const { store, callApi } = useDesk();
  const selection = useSelection();
  const scroller = useRef<HTMLDivElement>(null);
  const { ids, newer, release, hold } = useHeldOrder(
    list.ids,
    `${listKey(list.filter)} ${selection.actionCount}`,
  );

  const virtualizer = useVirtualizer({
    count: ids.length + (list.next ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => ids[index] ?? 'more',
    overscan: 8,
  });
  const rows = virtualizer.getVirtualItems();
  const isAtEnd = (rows.at(-1)?.index ?? 0) >= ids.length - 5;

  useLoadMore({
    isNeeded: isAtEnd && list.next !== undefined,
    load: () => fetchMore(store, callApi, list.filter),
    failure: t('moreFailed'),
  });

  useOpenRowInSight(ids, virtualizer);

  return (
    <div className="relative h-full" {...hold}>
      {newer > 0 && (
        <NewerPill
          count={newer}
          onClick={() => {
            release();
            scroller.current?.scrollTo({ top: 0 });
          }}
        />
      )}
      <div ref={scroller} className="h-full overflow-y-auto overscroll-contain">
        <ul aria-label={t('place')} className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map(({ key, index, start }) => (
            <li
              key={key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <RowOrSkeleton id={ids[index]} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

type RowVirtualizer = ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>;

/** Keeps the open conversation in sight while the agent moves through the list with the keys. */
function useOpenRowInSight(ids: readonly number[], virtualizer: RowVirtualizer): void {
  const { id } = useAddress();
  const index = id === undefined ? -1 : ids.indexOf(id);
  useEffect(() => {
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' });
  }, [index, virtualizer]);
}

/** Shown while the order is held: how many conversations have come in above. */
function NewerPill({ count, onClick }: { count: number; onClick: () => void }) {
  const t = useConversationWords();
  return (
    <button
      type="button"
      onClick={onClick}
      className="absolute top-2 left-1/2 z-10 flex h-7 -translate-x-1/2 items-center gap-1 rounded-full bg-accent px-3 text-xs font-medium text-on-accent shadow-float"
    >
      <ArrowUp aria-hidden size={13} /> {t('newer', { count })}
    </button>
  );
}

/** The row of a conversation that is being loaded. */
function SkeletonRow() {
  return (
    <div className="flex h-16 items-center gap-3 px-4">
      <Skeleton className="size-9 rounded-full" />
      <Skeleton className="h-3 flex-1" />
    </div>
  );
}

/** A row, or the skeleton of the next page. */
function RowOrSkeleton({ id }: { id: number | undefined }) {
  const { id: open } = useAddress();
  const selection = useSelection();
  if (id === undefined) return <SkeletonRow />;
  return (
    <Row
      id={id}
      isOpen={id === open}
      isChosen={selection.ids.includes(id)}
      isChoosing={selection.isOn}
      onToggle={selection.toggle}
    />
  );
}
