/**
 * Sends events of the log to a subscription, in offset order and before newer ones: an attachment is held, gets its missed events,
 * and goes live. `history.ts` decides where a replay starts.
 */
import type { App } from '../app.ts';
import { type LogEntry, readAfter } from '../events/read.ts';
import { readMissed } from '../events/read-many.ts';
import { messageOf, notifyGap } from './live-stream.ts';
import type { LiveStream, StreamAttachment } from './subscription.ts';

/** Entries that one query reads from the log. */
export const LOG_PAGE = 200;

/** Stops sending new events. The attachment is then at the offset of its stream. */
export function hold(attachment: StreamAttachment): void {
  if (!attachment.isLive) return;
  attachment.isLive = false;
  attachment.sentOffset = Math.max(attachment.sentOffset, attachment.stream.lastOffset);
}

/**
 * Sends the events of the stream after `sentOffset`, then new ones as they arrive. When some of them are pruned, the client is told
 * before it gets a later event of the stream, whose position it would keep.
 */
export async function goLive(app: App, attachment: StreamAttachment): Promise<void> {
  const { stream, subscription } = attachment;
  while (!attachment.isLive && attachment.sentOffset < stream.lastOffset && attachment.index >= 0)
    if (!(await replay(app, attachment, { after: attachment.sentOffset, upTo: stream.lastOffset })))
      notifyGap(app, subscription);
  attachment.isLive = true;
}

/** Up to this number of missed entries is read for many sockets together. */
const fewEntries = 32;

/** The next page of the range. Clients that resume together, and missed little, share one query. */
async function readNext(
  { db }: App,
  { name, lastOffset }: LiveStream,
  { after, upTo }: OffsetRange,
): Promise<LogEntry[]> {
  if (Math.max(lastOffset, upTo) - after > fewEntries)
    return readAfter(db, name, after, Math.min(LOG_PAGE, upTo - after));
  const entries = await db.readMany(readMissed, { stream: name, after });
  return entries.filter(({ offset }) => offset <= upTo);
}

interface OffsetRange {
  /** Exclusive. */
  after: number;
  /** Inclusive. */
  upTo: number;
}

/**
 * Sends the entries of the range from the log, as fast as the client reads them.
 * @returns false when the replay reached pruned entries
 */
export async function replay(
  app: App,
  attachment: StreamAttachment,
  { after, upTo }: OffsetRange,
): Promise<boolean> {
  const { subscription, stream } = attachment;
  const { connection } = subscription;
  let at = after;
  let isWhole = true;
  while (isWhole && at < upTo && connection.isOpen && attachment.index >= 0) {
    const entries = await readNext(app, stream, { after: at, upTo });
    isWhole = entries[0]?.offset === at + 1;
    if (!isWhole) break;
    for (const entry of entries) {
      at = entry.offset;
      connection.write(messageOf(app, stream, entry).for(subscription));
    }
    await connection.drained();
  }
  attachment.sentOffset = Math.max(attachment.sentOffset, after, upTo);
  return isWhole;
}
