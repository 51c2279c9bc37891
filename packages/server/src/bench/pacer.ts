/** Entry of a process of its own: posts at an even rate, and measures until an agent's socket hears each message. */
import { connect, type Socket } from 'node:net';
import { postOf, statusOf } from './answer.ts';
import { answerParent } from './child.ts';
import { openRawSocket } from './raw-socket.ts';

export interface Pacing {
  port: number;
  /** One connection each. */
  paths: string[];
  protocol: string;
  /** What the agent's socket subscribes with; the forwarder sends to everybody and confirms nothing. */
  identifier: string | undefined;
  /** Messages per second. */
  rate: number;
  /** Milliseconds. */
  time: number;
}

/** Milliseconds from the post to the agent, sorted. */
export type Delays = number[];

interface Line {
  path: string;
  socket: Socket;
}

/** When each message was posted, by its number; a number is never used again, since a repeat would be no message. */
const posted: number[] = [];

async function pace({ port, paths, protocol, identifier, rate, time }: Pacing): Promise<Delays> {
  const before = posted.length;
  const delays: Delays = [];
  let confirm = () => {};
  const confirmed = new Promise<void>((resolve) => {
    confirm = resolve;
  });
  const agent = await openRawSocket({
    port,
    protocol,
    hear: (payload) => {
      const number = numberIn(payload);
      if (number !== undefined) delays.push(performance.now() - (posted[number] as number));
      else if (payload.includes('confirm_subscription')) confirm();
    },
  });
  if (identifier !== undefined) {
    agent.send(JSON.stringify({ command: 'subscribe', identifier }));
    await confirmed;
  }
  const lines = paths.map(
    (path): Line => ({ path, socket: connect({ port, host: '127.0.0.1', noDelay: true }) }),
  );
  const idle = [...lines];
  /** Messages that wait for a connection; their delay counts from now on. */
  const due: number[] = [];

  async function post(line: Line, number: number): Promise<void> {
    const body = JSON.stringify({ content: 'Hello, where is my order?', echo_id: `${number}` });
    line.socket.write(postOf(line.path, body));
    const status = await statusOf(line.socket);
    if (status !== 200) throw new Error(`a message was answered with ${status}`);
    const next = due.shift();
    if (next !== undefined) void post(line, next);
    else idle.push(line);
  }

  const started = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const wanted = before + Math.floor((Math.min(now - started, time) * rate) / 1000);
      while (posted.length < wanted) {
        const number = posted.push(now) - 1;
        const line = idle.pop();
        if (line) void post(line, number);
        else due.push(number);
      }
      if (now - started < time || delays.length < posted.length - before) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  for (const { socket } of lines) socket.destroy();
  agent.close();
  return delays.sort((a, b) => a - b);
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
