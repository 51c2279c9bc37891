/** Answers the command `history` (cable.md D.3): decides from which offset each stream is replayed. `replay.ts` sends the entries. */
import { type HistoryRequest, own, type StreamPosition } from '@hoory/contract';
import type { App } from '../app.ts';
import { clockSkewMs, positionSince } from '../events/position-since.ts';
import type { StreamHead } from '../events/read.ts';
import { readHeadsOfMany } from '../events/read-many.ts';
import { notifyGap, positionsOf, wireIdOf } from './live-stream.ts';
import { goLive, hold, replay } from './replay.ts';
import type { StreamAttachment, Subscription } from './subscription.ts';

type Request = Required<HistoryRequest>;

/**
 * Answers a request on a subscription with the missed entries and `confirm_history`, or with `reject_history`. Its streams are held
 * during the replay and live afterwards, so that no newer event overtakes an older one.
 */
export async function sendHistory(app: App, subscription: Subscription, request: Request): Promise<void> {
  for (const attachment of subscription.attachments) hold(attachment);
  const starts = await findStarts(app, subscription.attachments, request);
  if (!starts || !(await replayFrom(app, starts))) return rejectHistory(app, subscription);
  for (const { attachment, offset, isNamed } of starts)
    attachment.clientOffset = isNamed ? offset : Math.min(attachment.clientOffset ?? offset, offset);
  subscription.isAwaitingHistory = false;
  subscription.send({ type: 'confirm_history', streams: positionsOf(app, subscription) });
  await startLive(app, subscription);
}

/** Tells the client to fetch its state again, and sends events from now on. */
export async function rejectHistory(app: App, subscription: Subscription): Promise<void> {
  subscription.isAwaitingHistory = false;
  notifyGap(app, subscription);
  await startLive(app, subscription);
}

/** Sends new events from now on, except to a restored client that has not requested its history yet. */
export async function startLive(app: App, subscription: Subscription): Promise<void> {
  if (subscription.isAwaitingHistory) return;
  for (const attachment of subscription.attachments) await goLive(app, attachment);
}

/** Where the replay of a stream starts. */
interface Start {
  attachment: StreamAttachment;
  /** Entries after this offset are sent. */
  offset: number;
  /** The client named the position, so it has all entries before it. A start that the server chose does not prove that. */
  isNamed: boolean;
}

/** @returns false when entries were pruned meanwhile */
async function replayFrom(app: App, starts: readonly Start[]): Promise<boolean> {
  for (const { attachment, offset } of starts)
    if (!(await replay(app, attachment, { after: offset, upTo: attachment.sentOffset }))) return false;
  return true;
}

/** Where to replay each stream from; undefined when one of them cannot be answered without a gap. */
async function findStarts(
  app: App,
  attachments: readonly StreamAttachment[],
  request: Request,
): Promise<Start[] | undefined> {
  const heads = await app.db.readMany(
    readHeadsOfMany,
    attachments.map(({ stream }) => stream.name),
  );
  const starts: Start[] = [];
  for (const attachment of attachments) {
    const head = heads.get(attachment.stream.name);
    if (!head) return undefined;
    const named = own(request.streams, wireIdOf(app, attachment.stream));
    const offset = named ? offsetIn(app, named) : await findUnnamedStart(app, { attachment, head, request });
    if (offset === undefined || offset < head.pruned || offset > head.last) return undefined;
    if (isOutOfOrder(attachment, offset)) return undefined;
    starts.push({ attachment, offset, isNamed: named !== undefined });
  }
  return starts;
}

const offsetIn = (app: App, { epoch, offset }: StreamPosition) =>
  epoch === app.installation.epoch ? offset : undefined;

/** Older events must not be sent after newer ones: a client that keeps the last position it received would go back. */
const isOutOfOrder = ({ startOffset, sentOffset }: StreamAttachment, start: number) =>
  start < startOffset && sentOffset > startOffset;

interface UnnamedStream {
  attachment: StreamAttachment;
  head: StreamHead;
  request: Request;
}

/**
 * The start of a stream of which the request names no position, because the client has received nothing of it. The position in a
 * restored session is exact; `since` is by the client's clock. Undefined when there is neither, although the client had an earlier
 * connection, or when the log does not reach back to `since`.
 */
async function findUnnamedStart(app: App, { attachment, head, request }: UnnamedStream) {
  const since = await findSince(app, { attachment, head, request });
  const { clientOffset, sentOffset } = attachment;
  const { isAwaitingHistory } = attachment.subscription;
  if (clientOffset === undefined) return isEmpty(request) && !isAwaitingHistory ? sentOffset : since;
  return isAwaitingHistory ? Math.min(clientOffset, since ?? clientOffset) : (since ?? sentOffset);
}

const isEmpty = ({ since, streams }: Request) => since === 0 && !Object.keys(streams).length;

/** Undefined without `since`, for a time in the future, and when the log does not reach back to it. */
async function findSince(
  app: App,
  { attachment, head, request }: UnnamedStream,
): Promise<number | undefined> {
  const since = request.since * 1000;
  if (!since || since > app.now() + clockSkewMs) return undefined;
  const position = await positionSince(app.db, { stream: attachment.stream.name, head, since });
  return position === undefined ? undefined : Math.min(position, head.last);
}
