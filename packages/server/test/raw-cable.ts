/** A plain WebSocket on `/cable` that keeps every frame, as strangers would write it. */
import { WebSocket } from 'ws';

export interface Frame {
  type?: string;
  identifier?: string;
  message?: { event?: string; data?: Record<string, unknown>; type?: string } & Record<string, unknown>;
  offset?: number;
  stream_id?: string;
  epoch?: string;
  [key: string]: unknown;
}

export interface RawCable {
  ws: WebSocket;
  /** Every frame so far, pings left out. */
  frames: Frame[];
  /** The times in the pings so far. */
  pings: number[];
  send(frame: object): void;
  /** Waits until a frame fits and answers it. */
  until(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** Waits until the server has acted on everything sent so far: it answers in order. */
  settled(): Promise<void>;
  /** Recorded events so far, as `event`s of their data's `n`. */
  numbers(): unknown[];
  /** The close code, when the socket has closed. */
  closed: Promise<number>;
  close(): Promise<void>;
}

export const ext = 'actioncable-v1-ext-json';
export const base = 'actioncable-v1-json';

/** Opens a socket; `onOpen` runs before the server's first frame can have been read. */
export function openRaw(
  url: string,
  {
    protocol,
    query = '',
    origin,
    first = [],
  }: { protocol?: string; query?: string; origin?: string; first?: (object | string)[] } = {},
): RawCable {
  const address = `${url.replace('http', 'ws')}/cable${query}`;
  const ws = new WebSocket(address, protocol ? [protocol] : [], { perMessageDeflate: false, origin });
  const frames: Frame[] = [];
  const pings: number[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => ws.on('close', resolve));
  let asked = 0;
  ws.on('open', () => {
    for (const frame of first) ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  });
  ws.on('error', () => {});
  ws.on('message', (data) => {
    const frame = JSON.parse(data.toString()) as Frame;
    if (frame.type === 'ping') {
      pings.push(frame.message as unknown as number);
      return;
    }
    frames.push(frame);
    for (const wake of waiting) wake();
  });
  const until = (fits: (frame: Frame) => boolean) =>
    new Promise<Frame>((resolve, reject) => {
      const look = () => {
        const found = frames.find(fits);
        if (!found) return;
        waiting.delete(look);
        clearTimeout(limit);
        resolve(found);
      };
      const limit = setTimeout(
        () => reject(new Error(`no such frame among ${JSON.stringify(frames)}`)),
        30_000,
      );
      waiting.add(look);
      look();
    });
  const send = (frame: object) => ws.send(JSON.stringify(frame));
  return {
    ws,
    frames,
    pings,
    send,
    until,
    settled: async () => {
      const wanted = ++asked;
      send({ command: 'ping' });
      await until(() => frames.filter((frame) => frame.type === 'pong').length >= wanted);
    },
    numbers: () =>
      frames.flatMap(({ message }) => (typeof message?.data?.n === 'number' ? [message.data.n] : [])),
    closed,
    close: async () => {
      ws.close();
      await closed;
    },
  };
}

/** Keys in the order that hand-written clients use. */
export const contactIdentifier = (pubsub_token: string, more: object = {}) =>
  JSON.stringify({ channel: 'RoomChannel', pubsub_token, ...more });

export const agentIdentifier = (user: { id: number; pubsub_token: string }, account_id: number) =>
  JSON.stringify({
    channel: 'RoomChannel',
    pubsub_token: user.pubsub_token,
    account_id,
    user_id: user.id,
  });

/** Waits for a condition. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('it never became true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
