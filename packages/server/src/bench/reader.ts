/** Reads, in a thread of its own: every connection asks, waits for the whole answer, and asks again. */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { statusOf } from './answer.ts';

export interface Reading {
  port: number;
  /** The path that is requested, with its query. */
  path: string;
  /** Sent as `api_access_token`; may be empty. */
  token: string;
  connections: number;
  /** Milliseconds. */
  time: number;
}

export interface Read {
  /** Answers with status 200. */
  done: number;
  /** Answers with another status. */
  refused: number;
  /** Milliseconds that it took. */
  time: number;
}

async function read({ port, path, token, connections, time }: Reading): Promise<Read> {
  const counts = { done: 0, refused: 0 };
  const started = performance.now();
  const request = `GET ${path} HTTP/1.1\r\nhost: bench\r\napi_access_token: ${token}\r\n\r\n`;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      // A lost connection fails the measurement: an uncaught error ends this thread.
      socket.on('error', (error) =>
        queueMicrotask(() => {
          throw error;
        }),
      );
      while (performance.now() < started + time) {
        socket.write(request);
        if ((await statusOf(socket)) === 200) counts.done++;
        else counts.refused++;
      }
      socket.destroy();
    }),
  );
  return { ...counts, time: performance.now() - started };
}

parentPort?.postMessage(await read(workerData as Reading));
