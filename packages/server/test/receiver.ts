/** A real receiver of webhooks: keeps every request, checks its payload strictly, and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhookPayloads } from '@hoory/contract';
import type { TSchema } from 'typebox';
import { expect, vi } from 'vitest';
import { faultsOf } from '../../contract/test/strict.ts';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are checked by their schemas before
  body: any;
}

/** A status with headers; or what to do with the request, which then must be answered by it. */
export type Answer =
  | number
  | [status: number, headers: Record<string, string>]
  | ((response: ServerResponse, request: IncomingMessage, received: Received) => void);

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** How requests to `path` are answered from now on; all others, and at first all, get 200. */
  answers(path: string, answer: Answer): void;
  /** The requests to `path`, with `event` only those of that event. */
  at(path: string, event?: string): Received[];
  /** Waits until so many came, and answers them. */
  waitFor(path: string, count: number, event?: string): Promise<Received[]>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '';
    const one = { path, headers: request.headers, raw, body: JSON.parse(raw || 'null') };
    received.push(one);
    const answer = answers.get(path) ?? 200;
    if (typeof answer === 'function') return answer(response, request, one);
    const [status, headers] = Array.isArray(answer) ? answer : [answer, {}];
    response.writeHead(status, headers).end('noted');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const at = (path: string, event?: string) =>
    received.filter((one) => one.path === path && (event === undefined || one.body.event === event));
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    answers: (path, answer) => void answers.set(path, answer),
    at,
    waitFor: async (path, count, event) => {
      await vi.waitFor(() => expect(at(path, event).length).toBeGreaterThanOrEqual(count), {
        timeout: 30_000,
        interval: 20,
      });
      return at(path, event);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The faults of a request's payload, by the contract. */
export function payloadFaults({ body }: Received): string[] {
  const schema = (webhookPayloads as Record<string, TSchema>)[body.event];
  return schema ? faultsOf(schema, body) : [`unknown event ${body.event}`];
}
