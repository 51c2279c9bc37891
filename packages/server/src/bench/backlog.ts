/**
 * A backlog of webhooks: fills a server over its API while one receiver answers and one is dead, measures response times meanwhile,
 * then stops and starts the server with all deliveries that are left to send.
 */
import { agentWebhookDeliveries } from '@hoory/contract';
import { Compile } from 'typebox/compile';
import type { Config } from '../config.ts';
import { openApp } from '../main.ts';
import { startChild } from './child.ts';
import { ratioOf } from './figures.ts';
import type { FillerAnswer, FillerRequest } from './filler.ts';
import { openShop } from './fixture.ts';
import { startProcess } from './server-process.ts';

export interface BacklogOptions {
  conversations: number;
  /** How the dead receiver fails: nobody listens, or it accepts and never answers. */
  dead: 'refused' | 'silent';
}

export interface BacklogFigures extends BacklogOptions {
  section: 'backlog';
  database: 'sqlite' | 'postgres';
  messages: number;
  /** Deliveries to the dead receiver that wait at the end, counted up to 10 000. */
  waiting: number;
  /** Conversations a second, among the first thousand and the last; of fewer, the first and last tenth. */
  first_per_second: number;
  last_per_second: number;
  ratio: number;
  /** Milliseconds that `GET /api`, asked every 50 ms, took at most, and at the 99th percentile. */
  longest_wait_ms: number;
  p99_wait_ms: number;
  /** Milliseconds from the signal to the end of the process, and from its start to the first answer. */
  stop_ms: number;
  start_ms: number;
}

const connections = 16;
/** Milliseconds between two questions to `GET /api`. */
const askEach = 50;

/** @param say progress, one line each */
export async function benchBacklog(
  config: Readonly<Config>,
  say: (line: string) => void,
  { conversations, dead }: BacklogOptions,
): Promise<BacklogFigures> {
  const { database, ...shop } = await prepare(config);
  const filler = startChild<FillerRequest, FillerAnswer>('filler');
  let server = await startProcess(config);
  try {
    const { answering, silent, refused } = await filler.ask({ do: 'listen' });
    await addWebhook(server.url, shop, answering);
    await addWebhook(server.url, shop, { silent, refused }[dead]);
    const { url } = server;
    const probe = startProbe(url);
    const { done, messages } = await filler.ask({ do: 'fill', url, ...shop, conversations, connections });
    const waits = await probe.stop();
    const waiting = await countWaiting(url, shop);
    say(`filled in ${Math.round((done.at(-1) ?? 0) / 1000)} s, ${waiting} deliveries wait`);
    const stop_ms = await server.stop();
    say(`stopped in ${stop_ms} ms`);
    server = await startProcess(config);
    say(`started in ${server.start_ms} ms`);
    const { start_ms } = server;
    return {
      section: 'backlog',
      database,
      conversations,
      dead,
      messages,
      waiting,
      ...toPaces(done),
      ...toWaits(waits),
      stop_ms,
      start_ms,
    };
  } finally {
    await server.stop();
    await filler.stop();
  }
}

interface Shop {
  inbox_identifier: string;
  account_id: number;
  user_id: number;
  access_token: string;
}

async function prepare(config: Readonly<Config>): Promise<Shop & { database: 'sqlite' | 'postgres' }> {
  const app = await openApp(config);
  try {
    const { account_id, user, inbox } = await openShop(app);
    return {
      inbox_identifier: inbox.identifier,
      account_id,
      user_id: user.id,
      access_token: user.access_token,
      database: app.db.dialect,
    };
  } finally {
    await app.close();
  }
}

async function addWebhook(url: string, { account_id, access_token }: Shop, to: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/accounts/${account_id}/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', api_access_token: access_token },
    body: JSON.stringify({ url: to, subscriptions: ['message_created'] }),
  });
  if (!answer.ok) throw new Error(`a webhook was answered ${answer.status}: ${await answer.text()}`);
}

const endpoints = Compile(agentWebhookDeliveries.agentListWebhookEndpoints.returns);

async function countWaiting(url: string, { account_id, access_token }: Shop): Promise<number> {
  const answer = await fetch(`${url}/api/v1/accounts/${account_id}/webhook_endpoints`, {
    headers: { api_access_token: access_token },
  });
  const body: unknown = await answer.json();
  if (!endpoints.Check(body)) throw new Error('the list of endpoints is not what the contract says');
  return Math.max(...body.payload.map(({ pending }) => pending));
}

/** Requests `GET /api` at a fixed pace, whether or not the request before it was answered. */
function startProbe(url: string) {
  const answers: Promise<number>[] = [];
  const ask = async () => {
    const asked = performance.now();
    await (await fetch(`${url}/api`)).text();
    return performance.now() - asked;
  };
  const timer = setInterval(() => answers.push(ask()), askEach);
  return {
    /** @returns the waits in milliseconds, the shortest first */
    stop: async () => {
      clearInterval(timer);
      return (await Promise.all(answers)).sort((a, b) => a - b);
    },
  };
}

/** Conversations a second at the beginning and at the end. @param done milliseconds, growing */
function toPaces(done: readonly number[]) {
  const count = Math.min(1000, Math.floor(done.length / 10));
  const at = (index: number) => done[index] ?? Number.NaN;
  const paceOf = (from: number, to: number) => (1000 * (to - from)) / (at(to) - at(from));
  const end = done.length - 1;
  const [first, last] = [paceOf(0, count), paceOf(end - count, end)];
  return {
    first_per_second: Math.round(first),
    last_per_second: Math.round(last),
    ratio: ratioOf(last, first),
  };
}

/** @param waits milliseconds, growing */
const toWaits = (waits: readonly number[]) => ({
  longest_wait_ms: Math.round(waits.at(-1) ?? Number.NaN),
  p99_wait_ms: Math.round(waits[Math.floor(waits.length * 0.99)] ?? Number.NaN),
});
