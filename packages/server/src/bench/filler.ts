/**
 * Entry of a process of its own: customers and an agent who fill a server over its API, and the addresses that its
 * webhooks are sent to. One answers; one refuses every second delivery for good, since an endpoint that
 * refused all would be sent less and less; one accepts and never answers; nobody listens at
 * the last.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from './child.ts';

export type FillerRequest = { do: 'listen' } | ({ do: 'fill' } & Filling);

export interface Filling {
  url: string;
  inbox_identifier: string;
  account_id: number;
  user_id: number;
  access_token: string;
  conversations: number;
  /** How many are talked in at once. */
  connections: number;
}

export interface FillerAnswer {
  /** Addresses of webhooks. */
  answering: string;
  refusing: string;
  silent: string;
  refused: string;
  /** Milliseconds since the beginning at which each conversation was done. */
  done: number[];
  messages: number;
}

answerParent<FillerRequest, Partial<FillerAnswer>>(async (request) =>
  request.do === 'fill' ? fill(request) : listen(),
);

async function listen(): Promise<Partial<FillerAnswer>> {
  const answerWith = (statusOf: (nth: number) => number) => {
    let nth = 0;
    return createServer((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(statusOf(nth++)).end('{}'));
    });
  };
  const silent = createServer((request) => request.resume());
  return {
    answering: await addressOf(answerWith(() => 200)),
    refusing: await addressOf(answerWith((nth) => (nth % 2 ? 200 : 422))),
    silent: await addressOf(silent),
    refused: 'http://127.0.0.1:1/',
  };
}

/** Listens on a free port. */
async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function fill(filling: Filling): Promise<Partial<FillerAnswer>> {
  const done: number[] = [];
  const started = performance.now();
  let messages = 0;
  let next = 0;
  const work = async () => {
    while (next < filling.conversations) {
      const said = await talk(filling, next++);
      messages += said;
      done.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: filling.connections }, work));
  return { done, messages };
}

/** A customer asks, an agent takes the conversation and answers, the customer goes on. @returns how many messages */
async function talk(filling: Filling, number: number): Promise<number> {
  const { url, inbox_identifier, account_id, user_id, access_token } = filling;
  const contacts = `${url}/public/api/v1/inboxes/${inbox_identifier}/contacts`;
  const { source_id } = await post<{ source_id: string }>(contacts, { name: `Customer ${number}` });
  const { id } = await post<{ id: number }>(`${contacts}/${source_id}/conversations`, {});
  const customer = `${contacts}/${source_id}/conversations/${id}/messages`;
  const desk = `${url}/api/v1/accounts/${account_id}/conversations/${id}`;
  const as = { api_access_token: access_token };
  await post(customer, { content: 'Hello, where is my order?' });
  await post(`${desk}/assignments`, { assignee_id: user_id }, as);
  await post(`${desk}/messages`, { content: 'It is on its way.' }, as);
  await post(customer, { content: 'Thank you' });
  if (number % 2) return 3;
  await post(customer, { content: 'Good bye' });
  return 4;
}

async function post<Answer>(
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
