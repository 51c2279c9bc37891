/** Entry of a process of its own: posts at an even rate, and measures until an agent's socket receives each message. */
import { connect, type Socket } from 'node:net';
import { postOf, statusOf } from './answer.ts';
import { answerParent } from './child.ts';
import { openRawSocket, type RawSocket } from './raw-socket.ts';

export interface Pacing {
  port: number;
  /** One connection each. */
  paths: string[];
  protocol: string;
  /** The identifier of the agent's subscription; the forwarder sends to everybody and confirms nothing. */
  identifier: string | undefined;
  /** Messages per second. */
  rate: number;
  /** Milliseconds. */
  time: number;
}

/** Milliseconds from the post to the agent, sorted. */
export type Delays = number[];

interface Connection {
  path: string;
  socket: Socket;
}

/** When each message was posted, by its number; a number is never used again, since a repeat would be no message. */
const postedAt: number[] = [];

async function pace({ port, paths, protocol, identifier, rate, time }: Pacing): Promise<Delays> {
  const delays: Delays = [];
  const agent = await openAgent({ port, protocol, identifier, delays });
  const poster = openPoster(port, paths);
  await postEvenly({ rate, time, delays, post: poster.post });
  poster.close();
  agent.close();
  return delays.sort((a, b) => a - b);
}

/** Subscribes an agent's socket, which adds the delay of each message that it receives to `delays`. */
async function openAgent({
  port,
  protocol,
  identifier,
  delays,
}: Pick<Pacing, 'port' | 'protocol' | 'identifier'> & { delays: Delays }): Promise<RawSocket> {
  let confirm = () => {};
  const confirmed = new Promise<void>((resolve) => {
    confirm = resolve;
  });
  const hear = (payload: Buffer) => {
    const posted = postedAt[numberIn(payload) ?? -1];
    if (posted !== undefined) delays.push(performance.now() - posted);
    else if (payload.includes('confirm_subscription')) confirm();
  };
  const agent = await openRawSocket({ port, protocol, hear });
  if (identifier !== undefined) {
    agent.send(JSON.stringify({ command: 'subscribe', identifier }));
    await confirmed;
  }
  return agent;
}

/** Posts over one connection for each path; a message waits while all connections have one under way. */
function openPoster(port: number, paths: readonly string[]) {
  const connections = paths.map(
    (path): Connection => ({ path, socket: connect({ port, host: '127.0.0.1', noDelay: true }) }),
  );
  const idle = [...connections];
  const waiting: number[] = [];

  async function send({ path, socket }: Connection, number: number): Promise<void> {
    const body = JSON.stringify({ content: 'Hello, where is my order?', echo_id: `${number}` });
    socket.write(postOf(path, body));
    const status = await statusOf(socket);
    if (status !== 200) throw new Error(`a message was answered with ${status}`);
    const next = waiting.shift();
    if (next !== undefined) void send({ path, socket }, next);
    else idle.push({ path, socket });
  }

  return {
    post: (number: number) => {
      const connection = idle.pop();
      if (connection) void send(connection, number);
      else waiting.push(number);
    },
    close: () => {
      for (const { socket } of connections) socket.destroy();
    },
  };
}

interface EvenPosting {
  rate: number;
  time: number;
  delays: Delays;
  post(number: number): void;
}

/** Posts `rate` messages a second for `time` milliseconds, and resolves when the agent has received all of them. */
function postEvenly({ rate, time, delays, post }: EvenPosting): Promise<void> {
  const before = postedAt.length;
  const started = performance.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const due = before + Math.floor((Math.min(now - started, time) * rate) / 1000);
      // The delay counts from now, also while the message waits for a connection.
      while (postedAt.length < due) post(postedAt.push(now) - 1);
      if (now - started < time || delays.length < postedAt.length - before) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}

const mark = Buffer.from('"echo_id":"');

/** The number that its sender gave a message. */
function numberIn(payload: Buffer): number | undefined {
  const at = payload.indexOf(mark);
  return at < 0
    ? undefined
    : Number.parseInt(payload.toString('latin1', at + mark.length, at + mark.length + 12), 10);
}

answerParent<Pacing, Delays>(pace);
