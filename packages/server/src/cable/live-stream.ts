/** Sends the events of one stream to its attachments, with positions. `hub.ts` has the streams, `subscription.ts` their types. */
import type { StreamPositions } from '@hoory/contract';
import type { App } from '../app.ts';
import type { LogEntry } from '../events/read.ts';
import { streamIdOf } from '../events/stream-id.ts';
import { SharedMessage } from './frames.ts';
import type { CableConnection, LiveStream, StreamAttachment, Subscription } from './subscription.ts';

/** Most streams have one attachment, but V8 gives an array that grows by `push` room for seventeen. */
export function addAttachment(attachment: StreamAttachment): void {
  const { stream } = attachment;
  if (stream.attachments.length) stream.attachments.push(attachment);
  else stream.attachments = [attachment];
}

/** In constant time, since a thousand may leave at once. */
export function removeAttachment(attachment: StreamAttachment): void {
  const { attachments } = attachment.stream;
  const last = attachments.pop();
  if (last && last !== attachment) {
    attachments[attachment.index] = last;
    last.index = attachment.index;
  }
  attachment.index = -1;
}

/** A stream's opaque name on the wire. */
export function wireIdOf(app: App, stream: LiveStream): string {
  stream.id ??= streamIdOf(app, stream.name);
  return stream.id;
}

/** The last sent offset of each stream of a subscription, or the offset at which it joined. */
export const positionsOf = (app: App, { attachments }: Subscription): StreamPositions =>
  Object.fromEntries(
    attachments.map(({ stream, sentOffset, isLive }) => [
      wireIdOf(app, stream),
      {
        epoch: app.installation.epoch,
        offset: isLive ? Math.max(sentOffset, stream.lastOffset) : sentOffset,
      },
    ]),
  );

/** An event of a stream as a message with its position. */
export const messageOf = (app: App, stream: LiveStream, { offset, payload }: StreamEvent): SharedMessage =>
  new SharedMessage(
    payload,
    `,"stream_id":"${wireIdOf(app, stream)}","epoch":"${app.installation.epoch}","offset":${offset}`,
  );

export type StreamEvent = Pick<LogEntry, 'offset' | 'payload'>;

/**
 * Sends an event to the live attachments of its stream.
 * @param corked connections whose frames are sent with one system call; the connections of this event are added
 */
export function deliver(
  app: App,
  stream: LiveStream,
  event: StreamEvent,
  corked?: Set<CableConnection>,
): void {
  stream.lastOffset = event.offset;
  const message = messageOf(app, stream, event);
  for (const { isLive, sentOffset, subscription } of stream.attachments) {
    if (!isLive || event.offset <= sentOffset) continue;
    const { connection } = subscription;
    if (corked && !corked.has(connection)) {
      connection.cork();
      corked.add(connection);
    }
    connection.write(message.for(subscription));
  }
}

/** Skips events up to `offset`, which were pruned before this node had read them. */
export function skipTo(app: App, stream: LiveStream, offset: number): void {
  stream.lastOffset = offset;
  for (const { isLive, subscription } of stream.attachments) if (isLive) notifyGap(app, subscription);
}

/**
 * Tells the client that events were not sent and that it must fetch its state again. `clientOffset` stays, since the socket may break
 * before the client reads this: a client that comes back without a newer position is told again.
 */
export function notifyGap(app: App, subscription: Subscription): void {
  if (subscription.protocol === 'ext')
    subscription.send({ type: 'reject_history', streams: positionsOf(app, subscription) });
  else subscription.connection.disconnect('remote');
}
