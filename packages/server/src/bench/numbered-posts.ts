/** Posts messages to conversations in turn, whose content says which message of its conversation it is, and when it was posted. */
import { connect, type Socket } from 'node:net';
import { postOf, statusOf } from './answer.ts';

export interface NumberedPosts {
  /** How many were posted, with those before. */
  posted(): number;
  /** Posts `count` messages, on all connections at once. */
  fill(count: number): Promise<void>;
  /** Posts at an even rate until `isDone`. @returns how many a second were answered, and the milliseconds that each took, sorted */
  pace(perSecond: number, isDone: () => boolean): Promise<{ perSecond: number; tookMs: number[] }>;
  close(): void;
}

/** Fewer than conversations, so that no conversation is posted to twice at once. */
const connections = 32;

/**
 * @param paths one conversation each, more than `connections`
 * @param before how many were posted before
 */
export function openNumberedPosts(port: number, paths: readonly string[], before = 0): NumberedPosts {
  const sockets = Array.from({ length: connections }, () =>
    connect({ port, host: '127.0.0.1', noDelay: true }),
  );
  let posted = before;
  const postNext = async (socket: Socket): Promise<void> => {
    const number = posted++;
    const [conversation, nth] = [number % paths.length, Math.floor(number / paths.length)];
    const content = `${conversation} ${nth} ${Date.now()}`;
    socket.write(postOf(paths[conversation] ?? '', JSON.stringify({ content })));
    const status = await statusOf(socket);
    if (status !== 200) throw new Error(`a message was answered ${status}`);
  };
  return {
    posted: () => posted,
    fill: async (count) => {
      const last = posted + count;
      const work = async (socket: Socket) => {
        while (posted < last) await postNext(socket);
      };
      await Promise.all(sockets.map(work));
    },
    pace: (perSecond, isDone) => pace({ sockets, postNext, perSecond, isDone }),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Pace {
  sockets: readonly Socket[];
  postNext(socket: Socket): Promise<void>;
  perSecond: number;
  isDone(): boolean;
}

async function pace({ sockets, postNext, perSecond, isDone }: Pace) {
  const tookMs: number[] = [];
  const started = performance.now();
  let begun = 0;
  const work = async (socket: Socket) => {
    while (!isDone()) {
      const dueAt = started + (1000 * begun) / perSecond;
      if (performance.now() < dueAt) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      begun++;
      await postNext(socket);
      // The time of a post includes its wait for a free connection.
      tookMs.push(performance.now() - dueAt);
    }
  };
  await Promise.all(sockets.map(work));
  const reached = (1000 * tookMs.length) / (performance.now() - started);
  return { perSecond: reached, tookMs: tookMs.sort((a, b) => a - b) };
}
