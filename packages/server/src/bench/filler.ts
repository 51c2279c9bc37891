/**
 * Entry of a process of its own: customers and an agent who fill a server over its API, and the receivers of its webhooks. The
 * first answers. The second refuses every second delivery for good, since an endpoint that refuses all of them is sent less and
 * less. The third accepts the connection and never answers, and the fourth does not listen.
 */
import { createServer, type Server } from 'node:http';
import { readObject } from '../stored-json.ts';
import { answerParent } from './child.ts';
import { listenLocally } from './listen.ts';

export type FillerRequest = { do: 'listen' } | ({ do: 'fill' } & Filling);

export interface Filling {
  url: string;
  inbox_identifier: string;
  account_id: number;
  user_id: number;
  access_token: string;
  conversations: number;
  /** Number of conversations that are filled at once. */
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
  const listenAt = async (server: Server) => `http://127.0.0.1:${await listenLocally(server)}/`;
  return {
    answering: await listenAt(answerWith(() => 200)),
    refusing: await listenAt(answerWith((nth) => (nth % 2 ? 200 : 422))),
    silent: await listenAt(silent),
    refused: 'http://127.0.0.1:1/',
  };
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
  const { source_id } = await post(contacts, { name: `Customer ${number}` });
  const { id } = await post(`${contacts}/${source_id}/conversations`, {});
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

async function post(
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${url} answered ${answer.status}: ${text}`);
  return readObject(text);
}
