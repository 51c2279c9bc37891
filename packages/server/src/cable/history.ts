/** `history`: decides what of the log answers a request (cable.md D.3), and sends it. */
import type { App } from '../app.ts';
import { positionSince, readHeads, type StreamHead } from '../events/read.ts';
import type { Hub } from './hub.ts';
import type { HistoryRequest } from './protocol.ts';
import type { Attachment, Subscription } from './subscription.ts';

/**
 * Answers a request on a subscription: the missed entries and `confirm_history`, or `reject_history` alone.
 * Its streams are held while the log is replayed and live afterwards, so that nothing overtakes.
 */
export async function sendHistory(
  { app, hub }: { app: App; hub: Hub },
  subscription: Subscription,
  request: HistoryRequest,
): Promise<void> {
  for (const attachment of subscription.attachments) hub.hold(attachment);
  const starts = await findStarts({ app, hub }, subscription.attachments, request);
  if (!starts) subscription.send({ type: 'reject_history' });
  else {
    for (const [attachment, start] of starts) await hub.replay(attachment, start, endOf(attachment, start));
    subscription.send({ type: 'confirm_history' });
  }
  await goLive(hub, subscription);
}

export async function goLive(hub: Hub, subscription: Subscription): Promise<void> {
  for (const attachment of subscription.attachments) await hub.goLive(attachment);
}

/**
 * A client that comes from before this connection is sent what preceded it, the rest it gets live and never twice
 * (@anycable/core does not drop repeats). One that names a position within this connection asks for a repeat.
 */
const endOf = ({ from, position }: Attachment, start: number) => (start < from ? from : position);

/** Where to replay each stream from; undefined when one of them cannot be answered without a gap. */
async function findStarts(
  { app, hub }: { app: App; hub: Hub },
  attachments: readonly Attachment[],
  request: HistoryRequest,
): Promise<Map<Attachment, number> | undefined> {
  const heads = await readHeads(
    app.db,
    attachments.map(({ stream }) => stream.name),
  );
  const starts = new Map<Attachment, number>();
  for (const attachment of attachments) {
    const { stream } = attachment;
    const given = Object.hasOwn(request.streams, hub.idOf(stream))
      ? request.streams[hub.idOf(stream)]
      : undefined;
    if (given) {
      const isKnown = given.epoch === app.installation.epoch;
      if (!isKnown || !isWithin(heads.get(stream.name) as StreamHead, given.offset)) return undefined;
      starts.set(attachment, given.offset);
    } else if (request.since > 0) {
      const start = await positionSince(app.db, stream.name, request.since * 1000);
      if (start !== undefined) starts.set(attachment, start);
    }
  }
  return starts;
}

/** Whether nothing after this offset has been pruned, and it was ever handed out. */
const isWithin = ({ last, pruned }: StreamHead, offset: number) =>
  last > 0 && offset >= pruned && offset <= last;
