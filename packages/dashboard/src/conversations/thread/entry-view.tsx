/** Draws one row of a thread. */
import { memo } from 'react';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useTimes } from '../../words/time.ts';
import { useConversationWords } from '../words.ts';
import type { Entry } from './entries.ts';
import { MessageView } from './message-view.tsx';
import { PendingView } from './pending-view.tsx';

interface Props {
  entry: Entry;
  onReplyTo: (message_id: number) => void;
}

/** Memoized by `isSame`: a long thread draws only the rows that changed. */
export const EntryView = memo(function EntryView({ entry, onReplyTo }: Props) {
  const t = useConversationWords();
  const times = useTimes();
  switch (entry.kind) {
    case 'older':
      return <Skeleton className="my-2 h-10 w-2/5 rounded-bubble" />;
    case 'day':
      return <p className="pt-4 pb-2 text-center text-xs font-medium text-soft">{times.day(entry.at)}</p>;
    case 'unread':
      return (
        <p className="flex items-center gap-3 py-2 text-xs font-medium text-accent-text before:h-px before:flex-1 before:bg-accent/40 after:h-px after:flex-1 after:bg-accent/40">
          {t('unreadLine')}
        </p>
      );
    case 'activity':
      return (
        <p className="py-1 text-center text-xs text-soft" title={times.full(entry.message.created_at)}>
          {entry.message.content}
        </p>
      );
    case 'pending':
      return <PendingView pending={entry.pending} isFirst={entry.isFirst} isWaiting={entry.isWaiting} />;
    case 'message':
      return (
        <MessageView
          message={entry.message}
          isFirst={entry.isFirst}
          isLast={entry.isLast}
          onReplyTo={onReplyTo}
        />
      );
  }
}, isSame);

/**
 * `toEntries` makes new objects each time, so the messages inside are compared by identity instead. Activity is always
 * drawn.
 */
function isSame(a: Props, b: Props): boolean {
  const [left, right] = [a.entry, b.entry];
  if (left.kind === 'message' && right.kind === 'message')
    return left.message === right.message && left.isFirst === right.isFirst && left.isLast === right.isLast;
  if (left.kind === 'pending' && right.kind === 'pending')
    return left.pending === right.pending && left.isWaiting === right.isWaiting;
  return left.kind === right.kind && left.key === right.key && left.kind !== 'activity';
}
