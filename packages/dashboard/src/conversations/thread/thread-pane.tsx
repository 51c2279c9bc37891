/** The pane of one conversation: header, messages and composer. */
import { useEffect, useRef, useState } from 'react';
import { useDesk, useDeskState, useLiveStatus, usePending, useThread } from '../../live/desk.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useMarkSeen } from '../actions.ts';
import { Composer } from '../composer/composer.tsx';
import { useConversationWords } from '../words.ts';
import { toEntries } from './entries.ts';
import { Messages, MessagesSkeleton } from './messages.tsx';
import { ThreadHeader } from './thread-header.tsx';

interface Props {
  id: number;
  onToggleContact: () => void;
}

/** Mounted anew for each conversation (its `key` is the id), so that no state leaks into the next one. */
export function ThreadPane({ id, onToggleContact }: Props) {
  const t = useConversationWords();
  const { thread, error, retry } = useThread(id);
  const conversation = useDeskState(({ conversations }) => conversations.get(id));
  const pending = usePending(id);
  const unreadAfter = useUnreadLine(id);
  const isOffline = useLiveStatus() === 'offline';
  const [replyTo, setReplyTo] = useState<number>();
  useMarkSeenWhileVisible(id, thread !== undefined);

  if (error) return <ErrorState error={error} title={t('threadFailed')} onRetry={retry} />;
  return (
    <div data-thread={id} className="flex h-full flex-col">
      <ThreadHeader id={id} conversation={conversation} onToggleContact={onToggleContact} />
      <div className="min-h-0 flex-1">
        {thread ? (
          <Messages
            id={id}
            entries={toEntries({ ...thread, pending, unreadAfter, isOffline })}
            hasOlder={thread.hasOlder}
            onReplyTo={setReplyTo}
          />
        ) : (
          <MessagesSkeleton />
        )}
      </div>
      {conversation && (
        <Composer
          conversation={conversation}
          messages={thread?.messages}
          replyTo={replyTo}
          onReplyTo={setReplyTo}
        />
      )}
    </div>
  );
}

/**
 * The time after which messages were unread when the thread was opened. It stays fixed, so that the line does not vanish
 * while the agent reads.
 */
function useUnreadLine(id: number): number | undefined {
  const { store } = useDesk();
  const conversation = useDeskState(({ conversations }) => conversations.get(id));
  const line = useRef<{ after: number | undefined }>(undefined);
  const known = conversation ?? store.state.conversations.get(id);
  if (!line.current && known)
    line.current = {
      after: known.unread_count > 0 && known.agent_last_seen_at ? known.agent_last_seen_at : undefined,
    };
  return line.current?.after;
}

/** Marks new messages as read while the window has the focus; otherwise when it gets it. */
function useMarkSeenWhileVisible(id: number, isLoaded: boolean): void {
  const unread = useDeskState(({ conversations }) => conversations.get(id)?.unread_count ?? 0);
  const markSeen = useMarkSeen();
  useEffect(() => {
    if (!isLoaded || !unread) return;
    const see = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) markSeen(id);
    };
    see();
    addEventListener('focus', see);
    return () => removeEventListener('focus', see);
  }, [id, isLoaded, unread, markSeen]);
}
