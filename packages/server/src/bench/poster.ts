/** The load, in a thread of its own: every connection posts, waits for the whole answer, and posts again. */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { newUuid } from '../secrets.ts';
import { postOf, statusOf } from './answer.ts';

export interface Posting {
  port: number;
  /** One connection each. */
  paths: string[];
  /** Milliseconds. */
  time: number;
}

export interface Posted {
  /** Answers with status 200. */
  done: number;
  /** Answers with another status. */
  refused: number;
  /** Milliseconds that it took. */
  time: number;
}

async function post({ port, paths, time }: Posting): Promise<Posted> {
  const counts = { done: 0, refused: 0 };
  const started = performance.now();
  await Promise.all(paths.map((path) => loop({ port, path, until: started + time, counts })));
  return { ...counts, time: performance.now() - started };
}

interface Loop {
  port: number;
  path: string;
  until: number;
  counts: { done: number; refused: number };
}

async function loop({ port, path, until, counts }: Loop): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  // A lost connection fails the measurement: an uncaught error ends this thread.
  socket.on('error', (error) =>
    queueMicrotask(() => {
      throw error;
    }),
  );
  while (performance.now() < until) {
    const body = JSON.stringify({ content: 'Hello, where is my order?', echo_id: newUuid() });
    socket.write(postOf(path, body));
    if ((await statusOf(socket)) === 200) counts.done++;
    else counts.refused++;
  }
  socket.destroy();
}

parentPort?.postMessage(await post(workerData as Posting));
