/** `history`: decides what of the log answers a request (cable.md D.3), and sends it. */
import { type HistoryRequest, own, type StreamPosition } from '@hoory/contract';
import type { App } from '../app.ts';
import { clockSkewMs, positionSince } from '../events/position-since.ts';
import { readHeads, type StreamHead } from '../events/read.ts';
import type { Hub } from './hub.ts';
import type { StreamAttachment, Subscription } from './subscription.ts';

/**
 * Answers a request on a subscription: the missed entries and `confirm_history`, or `reject_history`. Its streams are held
 * while the log is replayed and live afterwards, so that nothing overtakes.
 */
export async function sendHistory(
  { app, hub }: { app: App; hub: Hub },
  subscription: Subscription,
  request: Required<HistoryRequest>,
): Promise<void> {
  for (const attachment of subscription.attachments) hub.hold(attachment);
  const starts = await findStarts({ app, hub }, subscription.attachments, request);
  if (!starts || !(await replayFrom(hub, starts))) return withoutHistory(hub, subscription);
  for (const [attachment, start] of starts)
    attachment.clientOffset = toBase({ hub, attachment, request }, start);
  subscription.isAwaitingHistory = false;
  subscription.send({ type: 'confirm_history', streams: hub.positionsOf(subscription) });
  await goLive(hub, subscription);
}

/** Tells the client to fetch anew, and sends what comes from now on. */
export async function withoutHistory(hub: Hub, subscription: Subscription): Promise<void> {
  subscription.isAwaitingHistory = false;
  hub.tellGap(subscription);
  await goLive(hub, subscription);
}

/** Sends everything as it comes, but nothing to a client that is yet to ask for what it missed. */
export async function goLive(hub: Hub, subscription: Subscription): Promise<void> {
  if (subscription.isAwaitingHistory) return;
  for (const attachment of subscription.attachments) await hub.goLive(attachment);
}

type Starts = ReadonlyMap<StreamAttachment, number>;

/** @returns false when entries were pruned meanwhile */
async function replayFrom(hub: Hub, starts: Starts): Promise<boolean> {
  for (const [attachment, start] of starts)
    if (!(await hub.replay(attachment, start, attachment.sentOffset))) return false;
  return true;
}

/** Where to replay each stream from; undefined when one of them cannot be answered without a gap. */
async function findStarts(
  { app, hub }: { app: App; hub: Hub },
  attachments: readonly StreamAttachment[],
  request: Required<HistoryRequest>,
): Promise<Starts | undefined> {
  const heads = await readHeads(
    app.db,
    attachments.map(({ stream }) => stream.name),
  );
  const starts = new Map<StreamAttachment, number>();
  for (const attachment of attachments) {
    const head = heads.get(attachment.stream.name) as StreamHead;
    const given = positionIn({ hub, attachment, request });
    const start = given
      ? offsetIn(app.installation.epoch, given)
      : await findUnnamedStart(app, { attachment, head, request });
    if (start === undefined || start < head.pruned || start > head.last) return undefined;
    if (isOutOfOrder(attachment, start)) return undefined;
    starts.set(attachment, start);
  }
  return starts;
}

interface AskedStream {
  hub: Hub;
  attachment: StreamAttachment;
  request: Required<HistoryRequest>;
}

/** The position that a request names for a stream. */
function positionIn({ hub, attachment, request }: AskedStream) {
  const id = hub.idOf(attachment.stream);
  return own(request.streams, id);
}

/** A client has what comes before a position that it names. A start that the server chose proves nothing more than was known. */
const toBase = (asked: AskedStream, start: number) =>
  positionIn(asked) ? start : Math.min(asked.attachment.clientOffset ?? start, start);

const offsetIn = (epoch: string, given: StreamPosition) => (given.epoch === epoch ? given.offset : undefined);

/** Older events must not be sent behind newer ones: a client that keeps the last position it saw would go back. */
const isOutOfOrder = ({ startOffset, sentOffset }: StreamAttachment, start: number) =>
  start < startOffset && sentOffset > startOffset;

interface UnnamedStream {
  attachment: StreamAttachment;
  head: StreamHead;
  request: Required<HistoryRequest>;
}

/**
 * Where to replay a stream from whose position the client does not name, since it has heard nothing of it. What the server
 * knows of a restored session is exact; `since` is by the client's clock. Undefined when neither is there, although the client
 * comes from before this connection, or when `since` cannot be answered.
 */
async function findUnnamedStart(app: App, { attachment, head, request }: UnnamedStream) {
  const since = await findSince(app, { attachment, head, request });
  const { clientOffset, sentOffset } = attachment;
  const { isAwaitingHistory } = attachment.subscription;
  if (clientOffset === undefined) return isEmpty(request) && !isAwaitingHistory ? sentOffset : since;
  return isAwaitingHistory ? Math.min(clientOffset, since ?? clientOffset) : (since ?? sentOffset);
}

const isEmpty = ({ since, streams }: Required<HistoryRequest>) => since === 0 && !Object.keys(streams).length;

/** Undefined without `since`, for one that is yet to come, and when the log does not reach back to it. */
async function findSince(
  app: App,
  { attachment, head, request }: UnnamedStream,
): Promise<number | undefined> {
  const since = request.since * 1000;
  if (!since || since > app.now() + clockSkewMs) return undefined;
  const position = await positionSince(app.db, { stream: attachment.stream.name, head, since });
  return position === undefined ? undefined : Math.min(position, head.last);
}
