/**
 * Entry of a process of its own: the receivers of the section `webhooks`. The path says how a receiver behaves; nobody listens at
 * the address of the refused one. The content of a message says which of its conversation it is, and when it was posted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readObject } from '../stored-json.ts';
import { findText } from '../text.ts';
import { answerParent } from './child.ts';
import { listenLocally } from './listen.ts';

/** `take` answers with what came since the last time. */
export type ReceiverRequest = { do: 'listen' } | { do: 'take' };

export interface Received {
  /** Deliveries by path, without those that were answered with an error. */
  counts: Map<string, number>;
  /** Milliseconds from the post to the receiver, of the paths that begin with `/good`, the shortest first. */
  lags: number[];
  /** Messages that came after a later one of their conversation, and once more. */
  disordered: number;
  repeated: number;
}

export interface ReceiverAnswer extends Received {
  url: string;
}

/** Milliseconds after which good and slow receivers answer. */
const goodDelayMs = 5;
const slowDelayMs = 3000;

/** The delay of a receiver by the first part of its path; undefined for one that never answers. */
const behaviours = new Map<string, () => { delayMs: number; status: number } | undefined>([
  ['good', () => ({ delayMs: goodDelayMs, status: 200 })],
  ['slow', () => ({ delayMs: slowDelayMs, status: 200 })],
  ['failing', () => ({ delayMs: goodDelayMs, status: 500 })],
  ['flapping', () => ({ delayMs: goodDelayMs, status: Math.floor(Date.now() / 1000) % 2 ? 200 : 500 })],
  ['silent', () => undefined],
]);

const newReceived = (): Received => ({ counts: new Map(), lags: [], disordered: 0, repeated: 0 });
let received = newReceived();
/** The last message of each conversation, by path. */
const lastNth = new Map<string, number>();

function note(path: string, body: string): void {
  received.counts.set(path, (received.counts.get(path) ?? 0) + 1);
  if (!path.startsWith('/good')) return;
  const [conversation = '', nth = 0, postedAt = 0] = (findText(readObject(body).content) ?? '')
    .split(' ')
    .map(Number);
  const key = `${path} ${conversation}`;
  const last = lastNth.get(key) ?? -1;
  if (nth === last) received.repeated++;
  else if (nth < last) received.disordered++;
  else lastNth.set(key, nth);
  received.lags.push(Date.now() - postedAt);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  const [, name = ''] = path.split('/');
  const behaviour = behaviours.get(name)?.();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (!behaviour) return;
    if (behaviour.status === 200) note(path, Buffer.concat(chunks).toString());
    setTimeout(() => response.writeHead(behaviour.status).end('{}'), behaviour.delayMs);
  });
}

answerParent<ReceiverRequest, Partial<ReceiverAnswer>>(async (request) => {
  if (request.do === 'listen')
    return { url: `http://127.0.0.1:${await listenLocally(createServer(answer))}` };
  const taken = received;
  received = newReceived();
  return { ...taken, lags: taken.lags.sort((a, b) => a - b) };
});
