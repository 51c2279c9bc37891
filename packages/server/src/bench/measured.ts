/** Entry of a process of its own: the measured server, or a bare one to compare it with. */

import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageCreated } from '@hoory/contract';
import { WebSocketServer } from 'ws';
import type { Config } from '../config.ts';
import { emit } from '../events/emit.ts';
import { startServer } from '../main.ts';
import { answerParent } from './child.ts';
import { startForwarder } from './forwarder.ts';
import { listenLocally } from './listen.ts';

export type Side = 'hoory' | 'bare' | 'forwarder';

export type MeasuredRequest =
  /** Bare servers need no settings. */
  | { do: 'open'; side: Side; config: Config }
  /** Resident memory after garbage collection. */
  | { do: 'weigh' }
  /** Sends an event with this payload to everybody on a stream; a bare server, to everybody. */
  | { do: 'tell'; stream: string; data: MessageCreated }
  /** Logs an event with this payload on each stream, `count` times; a bare server has no log. */
  | { do: 'log'; streams: readonly string[]; count: number; data: MessageCreated };

export interface MeasuredAnswer {
  port: number;
  bytes: number;
  /** The moment of `process.hrtime` at which the event was made. */
  at: bigint;
}

interface Measured {
  port: number;
  /** @returns the moment at which the event was made */
  tell(stream: string, data: MessageCreated): Promise<bigint>;
  /** Resolves after the commits. */
  log?(events: Omit<MeasuredRequest & { do: 'log' }, 'do'>): Promise<void>;
}

const open: Record<Side, (config: Config) => Promise<Measured>> = {
  hoory: async (config) => {
    const { app } = await startServer(config);
    const tell = async (stream: string, data: MessageCreated) => {
      const at = process.hrtime.bigint();
      await app.db.write(async (tx) => emit(tx, 'message.created', [{ streams: [stream], data }]));
      return at;
    };
    return {
      port: Number(new URL(app.url()).port),
      tell,
      log: async ({ streams, count, data }) => {
        for (let time = 0; time < count; time++)
          await Promise.all(
            streams.map((stream) =>
              app.db.write(async (tx) => emit(tx, 'message.created', [{ streams: [stream], data }])),
            ),
          );
      },
    };
  },
  bare: async () => {
    const http = createServer();
    const { clients } = new WebSocketServer({ server: http, perMessageDeflate: false }).on(
      'connection',
      (socket) => socket.on('message', () => {}).on('error', () => {}),
    );
    const tell = async (_stream: string, data: MessageCreated) => {
      const message = { event: 'message.created', data };
      const ready = Buffer.from(JSON.stringify({ identifier, message }));
      const at = process.hrtime.bigint();
      for (const socket of clients) socket.send(ready, { binary: false });
      return at;
    };
    return { port: await listenLocally(http), tell };
  },
  forwarder: async () => ({ port: await startForwarder(), tell: async () => process.hrtime.bigint() }),
};

/** As long as a real one. */
const identifier = 'x'.repeat(120);

let measured: Measured | undefined;

answerParent<MeasuredRequest, Partial<MeasuredAnswer>>(async (request) => {
  if (request.do === 'weigh') return { bytes: await weigh() };
  if (request.do === 'tell') return { at: await measured?.tell(request.stream, request.data) };
  if (request.do === 'log') {
    await measured?.log?.(request);
    return {};
  }
  measured = await open[request.side](request.config);
  return { port: measured.port };
});

/** Collected more than once: sockets have parts outside of the heap that are freed only after their owner. */
async function weigh(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await wait(200);
  }
  return process.memoryUsage.rss();
}
