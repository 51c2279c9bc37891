/** A message: a bubble on its side, or a private note across the whole width, with quote, attachments and status. */
import type { AgentMessage } from '@hoory/client';
import { Copy, Lock, Reply, Trash2 } from 'lucide-react';
import { MessageType } from '../../live/message-type.ts';
import { useSession } from '../../session/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { useCopy } from '../../ui/copy-field.tsx';
import { useTimes } from '../../words/time.ts';
import { useDeleteMessage } from '../actions.ts';
import { useConversationWords } from '../words.ts';
import { Attachments } from './attachments.tsx';
import { Interactive } from './interactive.tsx';
import { MessageText } from './message-text.tsx';
import { Quote } from './quote.tsx';
import { Status } from './status.tsx';

/** The message and its place in a group. */
interface Props {
  message: AgentMessage;
  isFirst: boolean;
  isLast: boolean;
  onReplyTo: (message_id: number) => void;
}

/** The picture stands at the last message of a group, name and time above the first. */
export function MessageView({ message, isFirst, isLast, onReplyTo }: Props) {
  const t = useConversationWords();
  const isIncoming = message.message_type === MessageType.incoming;
  const isDeleted = message.content_attributes.deleted === true;
  const name = nameOf(message) ?? t('automatic');

  return (
    <article
      aria-label={t('messageBy', { name })}
      className={classes(
        'group/message relative flex gap-2',
        isFirst ? 'pt-3' : 'pt-0.5',
        !isIncoming && !message.private && 'flex-row-reverse',
      )}
    >
      {!message.private && (
        <span className="w-7 shrink-0 self-end">
          {isLast && <Avatar name={name} url={pictureOf(message)} size={28} />}
        </span>
      )}
      <div
        className={classes(
          'min-w-0',
          message.private ? 'w-full' : 'max-w-[min(560px,82%)]',
          !isIncoming && !message.private && 'flex flex-col items-end',
        )}
      >
        {isFirst && <Byline message={message} />}
        <Bubble message={message} isFirst={isFirst} />
        {message.message_type === MessageType.outgoing && !message.private && (
          <Status message={message} isLast={isLast} />
        )}
      </div>
      {!isDeleted && <Actions message={message} onReplyTo={onReplyTo} />}
    </article>
  );
}

/** The name of the sender; undefined for messages without one, such as a greeting. */
const nameOf = ({ sender }: AgentMessage): string | undefined =>
  sender && ('available_name' in sender ? sender.available_name : sender.name);

/** The picture of the sender. */
const pictureOf = ({ sender }: AgentMessage): string | undefined =>
  sender && ('thumbnail' in sender ? sender.thumbnail : sender.avatar_url);

/** Whether the signed-in agent has sent the message. */
function useIsOwn({ sender }: AgentMessage): boolean {
  const { user } = useSession();
  return sender?.type === 'user' && sender.id === user.id;
}

/** Sender and time, above the first message of a group. */
function Byline({ message }: { message: AgentMessage }) {
  const t = useConversationWords();
  const times = useTimes();
  const isOwn = useIsOwn(message);
  return (
    <p
      className={classes(
        'mb-0.5 flex items-center gap-1 px-1 text-xs text-soft',
        message.message_type !== MessageType.incoming && !message.private && 'justify-end',
      )}
    >
      {message.private && <Lock aria-hidden size={11} className="text-note-text" />}
      {message.private && <span className="font-medium text-note-text">{t('note')} ·</span>}
      <span className="font-medium">{isOwn ? t('you') : (nameOf(message) ?? t('automatic'))}</span>
      <time
        dateTime={new Date(message.created_at * 1000).toISOString()}
        title={times.full(message.created_at)}
        className="tabular"
      >
        {times.clock(message.created_at)}
      </time>
    </p>
  );
}

/** The time is in the tooltip where no byline shows it. A deleted message keeps its bubble, so that the thread has no gap. */
function Bubble({ message, isFirst }: Pick<Props, 'message' | 'isFirst'>) {
  const t = useConversationWords();
  const times = useTimes();
  const isOwn = useIsOwn(message);
  return (
    <div
      title={isFirst ? undefined : times.full(message.created_at)}
      className={classes(
        'w-fit max-w-full rounded-bubble px-3 py-1.5 text-base break-words',
        bubbleOf(message, isOwn),
        !isFirst && (message.message_type === MessageType.incoming ? 'rounded-ss-sm' : 'rounded-se-sm'),
      )}
    >
      <Quote of={message} />
      {message.content_attributes.deleted === true ? (
        <em className="opacity-70">{t('deleted')}</em>
      ) : (
        <>
          {message.content && <MessageText message={message} />}
          <Interactive message={message} />
          <Attachments message={message} />
        </>
      )}
    </div>
  );
}

/** Only own messages have the accent colour; notes are amber on both sides. */
function bubbleOf(message: AgentMessage, isOwn: boolean): string {
  if (message.private) return 'w-full! rounded-panel! border border-note-line bg-note text-ink';
  if (message.message_type === MessageType.incoming) return 'bg-hover text-ink';
  return isOwn ? 'bg-accent text-on-accent own' : 'bg-accent-soft text-ink';
}

/** Buttons that appear on hover or focus. They ignore the pointer while invisible, so that they do not cover the text. */
function Actions({ message, onReplyTo }: { message: AgentMessage; onReplyTo: (id: number) => void }) {
  const t = useConversationWords();
  const deleteMessage = useDeleteMessage();
  const [copied, copy] = useCopy();
  return (
    <span className="pointer-events-none absolute -top-1 end-0 z-10 flex rounded-control bg-pane opacity-0 shadow-float transition-opacity group-focus-within/message:pointer-events-auto group-focus-within/message:opacity-100 group-hover/message:pointer-events-auto group-hover/message:opacity-100">
      {!message.private && (
        <IconButton icon={Reply} label={t('replyTo')} size="small" onClick={() => onReplyTo(message.id)} />
      )}
      {message.content && (
        <IconButton
          icon={Copy}
          label={copied ? t('copied') : t('copyText')}
          size="small"
          onClick={() => copy(message.content ?? '')}
        />
      )}
      {message.message_type !== MessageType.incoming && (
        <IconButton
          icon={Trash2}
          label={t('deleteMessage')}
          size="small"
          onClick={() => deleteMessage(message)}
        />
      )}
    </span>
  );
}
