/**
 * Turns the messages of a thread into rows: days, the unread line, activity, grouped messages, and messages that are being
 * sent. Pure functions.
 */
import type { AgentMessage } from '@hoory/client';
import { MessageType } from '../../live/message-type.ts';
import type { PendingMessage } from '../../live/outbox.ts';

/** One row. `key` stays the same for the same row, so that React keeps its element and the virtual list its height. */
export type Entry =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'activity'; key: string; message: AgentMessage }
  | { kind: 'message'; key: string; message: AgentMessage; isFirst: boolean; isLast: boolean }
  | { kind: 'pending'; key: string; pending: PendingMessage; isFirst: boolean; isWaiting: boolean }
  | { kind: 'older'; key: 'older' };

/** Messages of one author within this time form a group. */
const GROUP_SECONDS = 5 * 60;

/** The state from which the rows are made. */
interface Input {
  messages: readonly AgentMessage[];
  pending: readonly PendingMessage[];
  hasOlder: boolean;
  /** Unix seconds: incoming messages after this were unread when the thread was opened; undefined: none. */
  unreadAfter: number | undefined;
  /** Without a connection a request may hang for minutes, so a message that is being sent counts as waiting. */
  isOffline: boolean;
}

/** The rows of a thread, oldest first, in one pass over its messages. */
export function toEntries({ messages, pending, hasOlder, unreadAfter, isOffline }: Input): Entry[] {
  const entries: Entry[] = hasOlder ? [{ kind: 'older', key: 'older' }] : [];
  let isMarked = unreadAfter === undefined;
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    const startsDay = !before || dayOf(before.created_at) !== dayOf(message.created_at);
    if (startsDay) entries.push({ kind: 'day', key: `day ${message.id}`, at: message.created_at });
    const startsUnread =
      !isMarked && message.message_type === MessageType.incoming && message.created_at > (unreadAfter ?? 0);
    if (startsUnread) {
      entries.push({ kind: 'unread', key: 'unread' });
      isMarked = true;
    }
    const key = String(message.id);
    if (message.message_type === MessageType.activity) entries.push({ kind: 'activity', key, message });
    else {
      const isFirst = startsDay || startsUnread || !areGrouped(before, message);
      const after = messages[index + 1];
      const isLast =
        !after || !areGrouped(message, after) || dayOf(after.created_at) !== dayOf(message.created_at);
      entries.push({ kind: 'message', key, message, isFirst, isLast });
    }
  }
  // The outbox sends one message at a time: all behind a waiting one wait too, without an error of their own.
  const waits = isOffline || pending.some(({ state, error }) => state === 'queued' && error);
  for (const [index, one] of pending.entries()) {
    const isWaiting = waits && (one.state === 'queued' || (isOffline && one.state === 'sending'));
    entries.push({ kind: 'pending', key: one.echo_id, pending: one, isFirst: index === 0, isWaiting });
  }
  return entries;
}

/** Whether two neighbouring messages belong to one group: one author, one side, little time between. */
function areGrouped(a: AgentMessage | undefined, b: AgentMessage): boolean {
  return (
    a !== undefined &&
    a.message_type === b.message_type &&
    a.private === b.private &&
    a.sender?.type === b.sender?.type &&
    a.sender?.id === b.sender?.id &&
    b.created_at - a.created_at < GROUP_SECONDS
  );
}

/** The day in the time zone of this device. */
const dayOf = (seconds: number): string => new Date(seconds * 1000).toDateString();
