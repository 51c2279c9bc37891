/** One conversation in the list, 64 px high: contact, time, last message, and marks for what is unusual. */

import { Link } from '@tanstack/react-router';
import { Clock, Lock, Paperclip } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import type { Conversation, LastMessage } from '../../live/conversation.ts';
import { useDeskState, usePrefetchThread } from '../../live/desk.tsx';
import { MessageType } from '../../live/message-type.ts';
import { paths, toSearch } from '../../route-paths.ts';
import { useSession } from '../../session/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { classes } from '../../ui/classes.ts';
import { SelectBox } from '../../ui/select-box.tsx';
import { useNow, useTimes } from '../../words/time.ts';
import { withoutContact } from '../address.ts';
import { focusComposer } from '../composer/focus.ts';
import { useLabels } from '../people.ts';
import { PriorityMark } from '../priority-mark.tsx';
import { toPreview } from '../thread/preview.ts';
import { useConversationWords } from '../words.ts';

export const ROW_HEIGHT = 64;

/** A customer who has waited longer is shown in amber. */
const AMBER_AFTER_SECONDS = 5 * 60;
/** A customer who has waited longer is shown in red. */
const RED_AFTER_SECONDS = 30 * 60;

/** Everything that changes between rows; the rest is read from the state by id. */
interface Props {
  id: number;
  isOpen: boolean;
  isChosen: boolean;
  /** The box to choose it is shown without pointing at it. */
  isChoosing: boolean;
  onToggle: (id: number, reach: boolean) => void;
}

/**
 * Memoized, and subscribed to its own conversation only: an event draws one row, not the list. The thread is prefetched on
 * hover.
 */
export const Row = memo(function Row({ id, isOpen, isChosen, isChoosing, onToggle }: Props) {
  const conversation = useDeskState(({ conversations }) => conversations.get(id));
  const prefetch = usePrefetchThread();
  if (!conversation) return <div style={{ height: ROW_HEIGHT }} />;
  const { unread_count } = conversation;
  return (
    <div className="group relative">
      <Link
        to={paths.conversations}
        params={{ id: String(id) }}
        search={toSearch(withoutContact)}
        data-conversation={id}
        aria-current={isOpen ? 'true' : undefined}
        onPointerEnter={() => prefetch(id)}
        onClick={(event) => opensHere(event) && focusComposer(id)}
        className={classes(
          'flex h-16 items-center gap-3 border-b border-line/60 px-4 outline-offset-[-2px]',
          isOpen ? 'bg-accent-soft' : isChosen ? 'bg-sunk' : 'hover:bg-sunk',
        )}
      >
        <Picture conversation={conversation} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <Name conversation={conversation} />
            <Marks conversation={conversation} />
          </span>
          <span className="mt-0.5 flex items-center gap-2">
            <LastLine conversation={conversation} />
            <Labels titles={conversation.labels} />
            {unread_count > 0 && <Unread count={unread_count} />}
          </span>
        </span>
      </Link>
      <SelectBox
        id={id}
        name={conversation.contact.name}
        isChosen={isChosen}
        isShown={isChoosing}
        onToggle={onToggle}
        className="start-4 top-3.5 size-9"
      />
    </div>
  );
});

/** Whether a click opens the conversation in this tab, and not in another tab or window. */
const opensHere = ({ ctrlKey, metaKey, shiftKey }: MouseEvent): boolean => !(ctrlKey || metaKey || shiftKey);

/** The contact's picture with the presence. */
function Picture({ conversation: { contact } }: { conversation: Conversation }) {
  const presence = useDeskState(({ contacts }) => contacts[contact.id]);
  return <Avatar name={contact.name} url={contact.thumbnail} size={36} presence={presence} />;
}

/** Priority, and the waiting time in place of the last activity once the customer has waited too long. */
function Marks({ conversation }: { conversation: Conversation }) {
  const t = useConversationWords();
  const times = useTimes();
  const waited = useNow() / 1000 - conversation.waiting_since;
  const isWaiting =
    conversation.status === 'open' && conversation.waiting_since > 0 && waited > AMBER_AFTER_SECONDS;
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      {conversation.priority && <PriorityMark priority={conversation.priority} />}
      {isWaiting ? (
        <span
          title={t('waits')}
          className={classes(
            'tabular flex items-center gap-1 rounded-full px-1.5 text-xs font-medium',
            waited > RED_AFTER_SECONDS ? 'bg-red-soft text-red' : 'bg-note text-note-text',
          )}
        >
          <Clock aria-label={t('waits')} size={11} />
          {times.since(conversation.waiting_since)}
        </span>
      ) : (
        <time
          className="tabular text-xs text-soft"
          dateTime={new Date(conversation.last_activity_at * 1000).toISOString()}
        >
          {times.short(conversation.last_activity_at)}
        </time>
      )}
    </span>
  );
}

/** The last message in one line, or that the customer is typing. */
function LastLine({ conversation: { id, last, unread_count } }: { conversation: Conversation }) {
  const t = useConversationWords();
  const typing = useDeskState((state) => state.typing.get(id));
  const { user } = useSession();
  if (typing?.some(({ type }) => type === 'contact'))
    return <span className="min-w-0 flex-1 truncate text-accent-text">{t('isTyping')}</span>;
  const ofMine = last?.sender?.type === 'user' && last.sender.id === user.id;
  return (
    <span
      className={classes('flex min-w-0 flex-1 items-center gap-1', unread_count ? 'text-ink' : 'text-soft')}
    >
      {last?.private && <Lock aria-label={t('note')} size={12} className="shrink-0 text-note-text" />}
      {last?.attachment && !last.content && <Paperclip aria-hidden size={12} className="shrink-0" />}
      <span className="truncate">
        {last &&
          last.message_type !== MessageType.incoming &&
          `${ofMine ? t('you') : (nameOf(last) ?? t('automatic'))}: `}
        <bdi>{last ? textOf(last, t) : t('noMessage')}</bdi>
      </span>
    </span>
  );
}

/** First name of the sender; there is no room for more. */
const nameOf = ({ sender }: LastMessage): string | undefined =>
  sender && ('available_name' in sender ? sender.available_name : sender.name).split(' ')[0];

/** The message as text, or what it has instead of text. */
function textOf(last: LastMessage, t: ReturnType<typeof useConversationWords>): string {
  if (last.deleted) return t('deleted');
  if (last.content) return toPreview(last);
  return last.attachment ? t(last.attachment === 'image' ? 'picture' : 'file') : t('noMessage');
}

/** Up to four dots in the colours of the labels; their titles are in the tooltip. */
function Labels({ titles }: { titles: readonly string[] }) {
  const labels = useLabels();
  if (!titles.length) return null;
  return (
    <span
      role="img"
      aria-label={titles.join(', ')}
      title={titles.join(', ')}
      className="flex shrink-0 gap-0.5"
    >
      {titles.slice(0, 4).map((title) => (
        <span
          key={title}
          className="size-2 rounded-full bg-control"
          style={{ background: labels.find((label) => label.title === title)?.color }}
        />
      ))}
    </span>
  );
}

/** The server counts up to 10 unread messages, shown as `9+`. */
function Unread({ count }: { count: number }) {
  const t = useConversationWords();
  return (
    <span className="tabular grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-full bg-accent px-1 text-[11px] font-semibold text-on-accent">
      <span className="sr-only">{t('unread', { count })}</span>
      <span aria-hidden>{count >= 10 ? '9+' : count}</span>
    </span>
  );
}

/** Bold while messages are unread. */
function Name({ conversation: { contact, unread_count } }: { conversation: Conversation }) {
  return (
    <span className={classes('min-w-0 flex-1 truncate', unread_count ? 'font-semibold' : 'font-medium')}>
      {contact.name}
    </span>
  );
}
