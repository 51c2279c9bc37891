/**
 * Webhooks at rate: one receiver that answers after 5 ms while customers post 500 messages a second, at first with a backlog and
 * then without; and good receivers beside bad ones, compared with the same without them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type Server, startServer } from '../main.ts';
import { insertEndpoints, updateEndpoint } from '../webhooks/store-endpoints.ts';
import { type Child, startChild } from './child.ts';
import { ratioOf } from './figures.ts';
import { conversationPaths, openShop } from './fixture.ts';
import { type NumberedPosts, openNumberedPosts } from './numbered-posts.ts';
import { startProcess } from './server-process.ts';
import { addWebhooks, removeWebhooks, type WebhookAccount } from './webhook-account.ts';
import type { Received, ReceiverAnswer, ReceiverRequest } from './webhook-receiver.ts';

export interface WebhookOptions {
  /** Deliveries that wait at the beginning. */
  backlog: number;
}

export interface WebhookFigures extends WebhookOptions {
  section: 'webhooks';
  database: 'sqlite' | 'postgres';
  /** Deliveries a second while the backlog drains beside the posts. */
  deliveries_per_second: number;
  /** Messages a second that were posted and answered meanwhile, and the 99th percentile of their milliseconds. */
  posts_per_second: number;
  posts_p99_ms: number;
  /** Deliveries that came after a later one of their conversation, and once more. */
  disordered: number;
  repeated: number;
  /** Resident memory of the server with a tenth of the backlog sent, and at its end. */
  memory_before_mb: number;
  memory_after_mb: number;
  /** Milliseconds from the post to the receiver, without a backlog. */
  lag_p50_ms: number;
  lag_p99_ms: number;
  /** Milliseconds of processor time of the server per delivery to 15 good receivers, its part of the posts included. */
  cpu_ms_per_delivery: number;
  /** Deliveries a second to 15 good receivers together, alone and beside 5 bad ones. */
  good_per_second: number;
  beside_bad_per_second: number;
  fairness: number;
  good_lag_p50_ms: number;
  good_lag_p99_ms: number;
  beside_bad_lag_p50_ms: number;
  beside_bad_lag_p99_ms: number;
}

const conversations = 512;
const postsPerSecond = 500;
const fairPostsPerSecond = 50;
/** Milliseconds of a measurement without a backlog. */
const roundMs = 12_000;
const goodReceivers = 15;
const badReceivers = ['/silent', '/slow', '/flapping', '/failing', undefined];
/** Nobody listens there. */
const refusedUrl = 'http://127.0.0.1:1/';

/** @param say progress, one line each */
export async function benchWebhooks(
  config: Readonly<Config>,
  say: (line: string) => void,
  { backlog }: WebhookOptions,
): Promise<WebhookFigures> {
  const receiver = startChild<ReceiverRequest, ReceiverAnswer>('webhook-receiver');
  try {
    const { url } = await receiver.ask({ do: 'listen' });
    const filled = await fill({ ...config, webhookAllow: ['127.0.0.1'] }, { url, backlog, say });
    const server = await startProcess(config);
    const posts = openNumberedPosts(Number(new URL(server.url).port), filled.paths, filled.posted);
    const account = { ...filled.account, url: server.url };
    const given = { ...filled, account, receiver, receiverUrl: url, posts, backlog, say };
    try {
      const drained = await drain(given);
      const steady = await pace(given, postsPerSecond);
      const fairness = await compareWithBad(given);
      const { database } = filled;
      return {
        section: 'webhooks',
        database,
        backlog,
        ...drained,
        lag_p50_ms: toLag(steady).p50,
        lag_p99_ms: toLag(steady).p99,
        ...fairness,
      };
    } finally {
      posts.close();
      await server.stop();
    }
  } finally {
    await receiver.stop();
  }
}

interface Filled {
  database: 'sqlite' | 'postgres';
  account: WebhookAccount;
  paths: string[];
  posted: number;
}

interface Filling {
  /** Address of the receiver. */
  url: string;
  backlog: number;
  say(line: string): void;
}

/** Posts the messages of the backlog over HTTP while their endpoint rests. */
async function fill(config: Readonly<Config>, { url, backlog, say }: Filling): Promise<Filled> {
  const server = await startServer(config);
  try {
    const shop = await openShop(server.app);
    const { account_id } = shop;
    const paths = await conversationPaths(server.app, conversations, shop);
    const account = { url: server.app.url(), account_id, access_token: shop.user.access_token };
    const [id] = await addWebhooks(account, [`${url}/good/0`]);
    await restEndpoint(server, { account_id, endpoint: `webhook:${id}`, until: Number.MAX_SAFE_INTEGER });
    const posts = openNumberedPosts(Number(new URL(server.app.url()).port), paths);
    const started = performance.now();
    await posts.fill(backlog);
    posts.close();
    await restEndpoint(server, { account_id, endpoint: `webhook:${id}`, until: null });
    say(`${backlog} deliveries wait after ${Math.round((performance.now() - started) / 1000)} s`);
    const { dialect } = server.app.db;
    return { database: dialect, account, paths, posted: posts.posted() };
  } finally {
    await server.close();
  }
}

interface Rest {
  account_id: number;
  endpoint: string;
  /** Milliseconds since 1970. */
  until: number | null;
}

const restEndpoint = ({ app }: Server, { account_id, endpoint, until }: Rest): Promise<void> =>
  app.db.write(async (tx) => {
    await insertEndpoints(tx, [{ endpoint, account_id }]);
    await updateEndpoint(tx, endpoint, { resting_until: until });
  });

interface Given extends Filled {
  receiver: Child<ReceiverRequest, ReceiverAnswer>;
  receiverUrl: string;
  posts: NumberedPosts;
  backlog: number;
  say(line: string): void;
}

const takeAll = ({ receiver }: Pick<Given, 'receiver'>): Promise<Received> => receiver.ask({ do: 'take' });

/** Measures beside posts until as many deliveries have arrived as waited at the beginning. */
async function drain(given: Given) {
  const { posts, backlog, account, say } = given;
  const total = { came: 0, disordered: 0, repeated: 0 };
  const started = performance.now();
  let isDone = false;
  const posting = posts.pace(postsPerSecond, () => isDone);
  let memory_before_mb: number | undefined;
  while (total.came < backlog) {
    await wait(500);
    const { counts, disordered, repeated } = await takeAll(given);
    total.came += counts.get('/good/0') ?? 0;
    total.disordered += disordered;
    total.repeated += repeated;
    if (total.came >= backlog / 10) memory_before_mb ??= await memoryOf(account.url);
  }
  const seconds = (performance.now() - started) / 1000;
  const memory_after_mb = await memoryOf(account.url);
  isDone = true;
  const { perSecond, tookMs } = await posting;
  const deliveries_per_second = Math.round(total.came / seconds);
  say(`${total.came} deliveries in ${Math.round(seconds)} s, ${deliveries_per_second} a second`);
  return {
    deliveries_per_second,
    posts_per_second: Math.round(perSecond),
    posts_p99_ms: roundedAt(tookMs, 0.99),
    disordered: total.disordered,
    repeated: total.repeated,
    memory_before_mb: memory_before_mb ?? Number.NaN,
    memory_after_mb,
  };
}

interface Paced extends Received {
  goodPerSecond: number;
  /** Processor time of the server. */
  cpuMsPerDelivery: number;
}

/** Posts for a while after everything that waits was sent. @returns what came, and how many of the good a second */
async function pace(given: Given, perSecond: number): Promise<Paced> {
  await untilQuiet(given);
  const cpuTime = () => metricOf(given.account.url, 'process_cpu_seconds_total');
  const cpuBefore = await cpuTime();
  const started = performance.now();
  await given.posts.pace(perSecond, () => performance.now() - started > roundMs);
  const received = await takeAll(given);
  const seconds = (performance.now() - started) / 1000;
  const good = received.lags.length;
  const cpuMs = 1000 * ((await cpuTime()) - cpuBefore);
  return { ...received, goodPerSecond: good / seconds, cpuMsPerDelivery: cpuMs / good };
}

/** Waits until no good delivery comes for half a second: those to bad receivers may wait for hours. */
async function untilQuiet(given: Given): Promise<void> {
  do await wait(500);
  while ((await takeAll(given)).lags.length);
}

async function compareWithBad(given: Given) {
  const { account, receiverUrl, say } = given;
  await removeWebhooks(account);
  const good = Array.from({ length: goodReceivers }, (_, nth) => `${receiverUrl}/good/${nth + 1}`);
  await addWebhooks(account, good);
  const alone = await pace(given, fairPostsPerSecond);
  say(`${Math.round(alone.goodPerSecond)} a second to good receivers alone`);
  const bad = badReceivers.map((path) => (path === undefined ? refusedUrl : receiverUrl + path));
  await addWebhooks(account, bad);
  const beside = await pace(given, fairPostsPerSecond);
  say(`${Math.round(beside.goodPerSecond)} a second beside bad receivers`);
  return {
    cpu_ms_per_delivery: Math.round(1000 * alone.cpuMsPerDelivery) / 1000,
    good_per_second: Math.round(alone.goodPerSecond),
    beside_bad_per_second: Math.round(beside.goodPerSecond),
    fairness: ratioOf(beside.goodPerSecond, alone.goodPerSecond),
    good_lag_p50_ms: toLag(alone).p50,
    good_lag_p99_ms: toLag(alone).p99,
    beside_bad_lag_p50_ms: toLag(beside).p50,
    beside_bad_lag_p99_ms: toLag(beside).p99,
  };
}

const toLag = ({ lags }: Received) => ({ p50: roundedAt(lags, 0.5), p99: roundedAt(lags, 0.99) });

/** @param sorted milliseconds */
const roundedAt = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);

const memoryOf = async (url: string): Promise<number> =>
  Math.round((await metricOf(url, 'process_resident_memory_bytes')) / 1e6);

async function metricOf(url: string, name: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length));
}
