/** `history`: decides from where the log answers a request (cable.md D.3), and answers it. `replay.ts` sends the entries. */
import { type HistoryRequest, own, type StreamPosition } from '@hoory/contract';
import type { App } from '../app.ts';
import { clockSkewMs, positionSince } from '../events/position-since.ts';
import { readHeads, type StreamHead } from '../events/read.ts';
import { notifyGap, positionsOf, wireIdOf } from './live-stream.ts';
import { goLive, hold, replay } from './replay.ts';
import type { StreamAttachment, Subscription } from './subscription.ts';

type Request = Required<HistoryRequest>;

/**
 * Answers a request on a subscription: the missed entries and `confirm_history`, or `reject_history`. Its streams are held
 * while the log is replayed and live afterwards, so that no newer event overtakes.
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

/** Tells the client to fetch anew, and sends what comes from now on. */
export async function rejectHistory(app: App, subscription: Subscription): Promise<void> {
  subscription.isAwaitingHistory = false;
  notifyGap(app, subscription);
  await startLive(app, subscription);
}

/** Sends every event as it comes, but none to a restored client that has yet to ask for what it missed. */
export async function startLive(app: App, subscription: Subscription): Promise<void> {
  if (subscription.isAwaitingHistory) return;
  for (const attachment of subscription.attachments) await goLive(app, attachment);
}

/** Where the replay of a stream starts. */
interface Start {
  attachment: StreamAttachment;
  /** Entries after this offset are sent. */
  offset: number;
  /** The client named the position, so it has what comes before. A start of the server's choice proves nothing new. */
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
  const heads = await readHeads(
    app.db,
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

/** Older events must not be sent behind newer ones: a client that keeps the last position it saw would go back. */
const isOutOfOrder = ({ startOffset, sentOffset }: StreamAttachment, start: number) =>
  start < startOffset && sentOffset > startOffset;

interface UnnamedStream {
  attachment: StreamAttachment;
  head: StreamHead;
  request: Request;
}

/**
 * Where to replay a stream from of which the request names no position, since the client has read nothing of it. What the server
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

const isEmpty = ({ since, streams }: Request) => since === 0 && !Object.keys(streams).length;

/** Undefined without `since`, for a time that is yet to come, and when the log does not reach back to it. */
async function findSince(
  app: App,
  { attachment, head, request }: UnnamedStream,
): Promise<number | undefined> {
  const since = request.since * 1000;
  if (!since || since > app.now() + clockSkewMs) return undefined;
  const position = await positionSince(app.db, { stream: attachment.stream.name, head, since });
  return position === undefined ? undefined : Math.min(position, head.last);
}
