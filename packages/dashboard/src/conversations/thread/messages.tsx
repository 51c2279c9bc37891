/**
 * The messages of a thread: only those in sight are in the page. The list stays at its end while the reader is there, and
 * in its place when older messages are inserted above.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useRef, useState } from 'react';
import { useDesk, useDeskState } from '../../live/desk.tsx';
import { fetchOlder } from '../../live/fetch.ts';
import { nameOf } from '../../live/state.ts';
import { IconButton } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useLoadMore } from '../load-more.ts';
import { useConversationWords } from '../words.ts';
import type { Entry } from './entries.ts';
import { EntryView } from './entry-view.tsx';
import { useStayAtEnd } from './stay-at-end.ts';

interface Props {
  id: number;
  entries: readonly Entry[];
  hasOlder: boolean;
  onReplyTo: (message_id: number) => void;
}

/** Estimated heights in pixels. Each row is measured once it is drawn; a good estimate keeps the scroll bar steady. */
const heights: Record<Entry['kind'], number> = {
  day: 44,
  unread: 32,
  activity: 28,
  message: 52,
  pending: 52,
  older: 56,
};

/** Older messages are loaded before the reader reaches the first one. */
export function Messages({ id, entries, hasOlder, onReplyTo }: Props) {
  const t = useConversationWords();
  const { store, callApi } = useDesk();
  const scroller = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);

  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[entries[index]?.kind ?? 'message'],
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: 12,
    anchorTo: 'end',
    paddingStart: 8,
    paddingEnd: 12,
  });
  const rows = virtualizer.getVirtualItems();
  const isNearStart = (rows[0]?.index ?? 0) < 15;

  useLoadMore({
    isNeeded: hasOlder && isNearStart,
    load: () => fetchOlder(store, callApi, id),
    failure: t('olderFailed'),
  });

  useStayAtEnd(scroller, virtualizer.getTotalSize());

  return (
    <div className="relative h-full">
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keys as well
        tabIndex={0}
        role="log"
        aria-label={t('messages')}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setAway(scrollHeight - scrollTop - clientHeight > 400)
        }
        className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px]"
      >
        <Entries {...{ virtualizer, entries, onReplyTo }} />
      </div>
      <Typing id={id} />
      {isAway && <ToEnd onClick={() => virtualizer.scrollToEnd()} />}
    </div>
  );
}

/** The others who are typing, over the end of the list, so that nothing moves. */
function Typing({ id }: { id: number }) {
  const t = useConversationWords();
  const users = useDeskState(({ typing }) => typing.get(id));
  const me = useDeskState((state) => state.me);
  const others = users?.filter((user) => user.type !== 'user' || user.id !== me);
  if (!others?.length) return null;
  return (
    <p
      role="status"
      className="pointer-events-none absolute start-0 bottom-0 w-full bg-linear-to-t from-pane to-transparent px-4 pt-4 pb-1 text-xs text-soft"
    >
      <span className="mx-auto block max-w-172">
        {t('typing', { count: others.length, name: others.map(nameOf).join(', ') })}
      </span>
    </p>
  );
}

/** Widths of the skeleton's bubbles, on both sides as in a conversation. */
const shape = ['w-2/5', 'w-3/5', 'ms-auto w-1/2', 'w-1/3', 'ms-auto w-2/5', 'ms-auto w-3/5'];

/** Bubbles that stand for a thread that is being loaded. */
export function MessagesSkeleton() {
  return (
    <div className="mx-auto flex h-full max-w-180 flex-col justify-end gap-3 p-4">
      {shape.map((width) => (
        <Skeleton key={width} className={`h-9 rounded-bubble ${width}`} />
      ))}
    </div>
  );
}

interface EntriesProps extends Pick<Props, 'entries' | 'onReplyTo'> {
  virtualizer: ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>;
}

/** The rows in sight and a few on both sides, at their measured places. */
function Entries({ virtualizer, entries, onReplyTo }: EntriesProps) {
  return (
    <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ key, index, start }) => (
        <div
          key={key}
          data-index={index}
          ref={virtualizer.measureElement}
          className="absolute inset-x-0 top-0"
          style={{ transform: `translateY(${start}px)` }}
        >
          <div className="mx-auto max-w-180 px-4">
            {entries[index] && <EntryView entry={entries[index]} onReplyTo={onReplyTo} />}
          </div>
        </div>
      ))}
    </div>
  );
}

/** Appears when the reader has scrolled away from the end. */
function ToEnd({ onClick }: { onClick: () => void }) {
  const t = useConversationWords();
  return (
    <IconButton
      icon={ArrowDown}
      label={t('toEnd')}
      onClick={onClick}
      className="absolute! end-4 bottom-3 rounded-full bg-pane shadow-float"
    />
  );
}
