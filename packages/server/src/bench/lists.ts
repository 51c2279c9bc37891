/**
 * B6 and B7: the last messages of a conversation, and an agent's list of conversations, in a large account, beside the
 * same Fastify route returning the same answer as a constant (decisions.md 11).
 */
import { Worker } from 'node:worker_threads';
import { agentConversations, agentMessages, type Endpoint } from '@hoory/contract';
import Fastify from 'fastify';
import type { Config } from '../config.ts';
import { startServer } from '../main.ts';
import { ratioOf, toMedian } from './figures.ts';
import { seedMany } from './many.ts';
import type { Read, Reading } from './reader.ts';

export interface ListFigures {
  section: 'lists';
  database: 'sqlite' | 'postgres';
  conversations: number;
  messages_stored: number;
  connections: number;
  /** B6: answers per second, and its ratio to the constant. */
  messages_per_second: number;
  messages_ratio: number;
  /** B7, first page and page 100. */
  first_page_per_second: number;
  first_page_ratio: number;
  page_100_per_second: number;
  page_100_ratio: number;
}

const size = { conversations: 100_000, messagesEach: 10, longest: 10_000 };
const connections = 16;
const rounds = 3;
/** Milliseconds of one round of one side. */
const roundTime = 2500;

/** Measures both sides in turns. @param say progress, one line each */
export async function benchLists(
  config: Readonly<Config>,
  say: (line: string) => void,
): Promise<ListFigures> {
  const server = await startServer(config);
  try {
    const { account_id, access_token, long } = await seedMany(server.app, size, say);
    const port = Number(new URL(server.app.url()).port);
    const base = `/api/v1/accounts/${account_id}/conversations`;
    const measure = (name: string, endpoint: Endpoint, path: string) =>
      compare({ name, endpoint, path, port, token: access_token, say });
    const messages = await measure('messages', agentMessages.agentListMessages, `${base}/${long}/messages`);
    const list = agentConversations.agentListConversations;
    const first = await measure('first page', list, `${base}?assignee_type=all`);
    const hundredth = await measure('page 100', list, `${base}?assignee_type=all&page=100`);
    return {
      section: 'lists',
      database: server.app.db.dialect,
      conversations: size.conversations,
      messages_stored: size.conversations * size.messagesEach + size.longest,
      connections,
      messages_per_second: messages.stored,
      messages_ratio: messages.ratio,
      first_page_per_second: first.stored,
      first_page_ratio: first.ratio,
      page_100_per_second: hundredth.stored,
      page_100_ratio: hundredth.ratio,
    };
  } finally {
    await server.close();
  }
}

interface Compared {
  name: string;
  endpoint: Endpoint;
  path: string;
  port: number;
  token: string;
  say(line: string): void;
}

async function compare({ name, endpoint, path, port, token, say }: Compared) {
  const url = `http://127.0.0.1:${port}${path}`;
  const answer: unknown = await (await fetch(url, { headers: { api_access_token: token } })).json();
  const bare = await startBare(endpoint, answer);
  const figures: Record<'stored' | 'constant', number[]> = { stored: [], constant: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      const stored = await load({ port, path, token, connections, time: roundTime });
      const constant = await load({ port: bare.port, path, token, connections, time: roundTime });
      figures.stored.push(stored);
      figures.constant.push(constant);
      say(`${name}, round ${round + 1}: ${Math.round(stored)}/s, ${Math.round(constant)}/s as a constant`);
    }
  } finally {
    await bare.close();
  }
  const stored = toMedian(figures.stored);
  const constant = toMedian(figures.constant);
  return { stored: Math.round(stored), ratio: ratioOf(stored, constant) };
}

/** The same path and answer with Fastify alone: what the framework itself costs on this machine. */
async function startBare(
  { path, returns }: Endpoint,
  answer: unknown,
): Promise<{ port: number; close(): Promise<void> }> {
  const http = Fastify({ logger: false });
  http.get(
    path.replaceAll(/\{(\w+)\}/g, ':$1'),
    { schema: { response: { 200: returns } } },
    async () => answer,
  );
  const url = await http.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(url).port), close: () => http.close() };
}

/** Reads for a while. @returns answers per second. @throws when any was refused: a figure of refusals is none */
async function load(workerData: Reading): Promise<number> {
  const { done, refused, time } = await new Promise<Read>((resolve, reject) => {
    const worker = new Worker(new URL('./reader.js', import.meta.url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  if (refused || !done) throw new Error(`${refused} of ${refused + done} reads were refused`);
  return (done * 1000) / time;
}
