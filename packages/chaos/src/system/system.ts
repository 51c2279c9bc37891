/** Everything that a run starts: database, Redis, nodes with their links, the address in front of them, receivers of webhooks. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from '../history.ts';
import { numberOf, objectOf, textOf } from '../json.ts';
import type { Installation } from '../load/office.ts';
import type { Options } from '../options.ts';
import { freePort } from '../wait.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type Link, openLink } from './link.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { type Redis, startRedis } from './redis.ts';
import { moveToCopy, whileDown } from './restore.ts';
import { type Env, runVerb, type ServerNode, startServerNode } from './server-node.ts';

/** Paths of programs on this machine, where they are installed. */
export interface Programs {
  initdb?: string;
  redis?: string;
  chromium?: string;
}

export interface System {
  folder: string;
  installation: Installation;
  nodes: ServerNode[];
  links: Link[];
  balancer: Balancer;
  /** By endpoint: `inbox`, `account`. */
  receivers: Map<string, Receiver>;
  postgres?: Postgres;
  redis?: Redis;
  /** Where the checker reads: the address of PostgreSQL, or the file of SQLite. */
  database: { postgres: string } | { sqlite: string };
  /** Stops all nodes and starts them on a copy that was restored from a backup: the log has a new epoch. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export type SystemOptions = Pick<Options, 'db' | 'nodes' | 'redis'> & { folder: string; programs: Programs };

/** A program that the options need is not on this machine. */
export class MissingProgram extends Error {}

/** Starts the parts one after another. @throws MissingProgram, and when a part does not start; what was started is stopped then */
export async function startSystem(options: SystemOptions, history: History): Promise<System> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { ...(await startParts(options, history, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param stops gets the function that stops each part, as soon as the part runs */
async function startParts(
  options: SystemOptions,
  history: History,
  stops: (() => Promise<void>)[],
): Promise<Omit<System, 'stop'>> {
  const { folder } = options;
  const owned = <T extends { stop(): Promise<void> }>(part: T): T => {
    stops.push(part.stop);
    return part;
  };
  const { postgres, redis } = await startStores(options, owned);
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const ports = await Promise.all(Array.from({ length: options.nodes }, freePort));
  const links = ports.map(openLink);
  const balancer = owned(await startBalancer(links));
  const env = serverEnv({ data, url: balancer.url, postgres, redis });
  const made = await runVerb(setUp, env);
  const installation = toInstallation(made, await runVerb(addAgent(made), env));
  const nodes: ServerNode[] = [];
  for (const [index, port] of ports.entries()) {
    const name = `node-${index + 1}`;
    nodes.push(owned(await startServerNode(name, { port, env, log: join(folder, `${name}.log`), history })));
  }
  const receivers = new Map<string, Receiver>();
  for (const endpoint of ['inbox', 'account'])
    receivers.set(endpoint, owned(await startReceiver(endpoint, history)));
  await subscribeReceivers(balancer.url, installation, receivers);
  const database = postgres ? { postgres: postgres.url } : { sqlite: join(data, 'hoory.sqlite') };
  const restore = () => whileDown(nodes, () => moveToCopy({ folder, data, env, postgres }));
  return { folder, installation, nodes, links, balancer, receivers, postgres, redis, database, restore };
}

/** The database server and Redis, as far as the options ask for them. */
async function startStores(
  { db, redis, programs, folder }: SystemOptions,
  owned: <T extends { stop(): Promise<void> }>(part: T) => T,
): Promise<Pick<System, 'postgres' | 'redis'>> {
  return {
    postgres:
      db === 'postgres'
        ? owned(await startPostgres(need(programs.initdb, 'initdb'), join(folder, 'postgres')))
        : undefined,
    redis: redis
      ? owned(await startRedis(need(programs.redis, 'redis-server'), join(folder, 'redis.log')))
      : undefined,
  };
}

function need(path: string | undefined, program: string): string {
  if (path) return path;
  throw new MissingProgram(
    `${program} is not on this machine: install it, or leave out the option that needs it`,
  );
}

const setUp = [
  ...[
    'setup',
    '--account',
    'Chaos',
    '--email',
    'ana@chaos.test',
    '--password',
    'Passw0rd!',
    '--inbox',
    'App',
  ],
];

const addAgent = ({ account_id, inbox_id }: Record<string, unknown>): string[] => [
  ...['agent', 'add', '--account', String(account_id), '--inbox', String(inbox_id)],
  ...['--email', 'ben@chaos.test', '--name', 'Ben', '--password', 'Passw0rd!'],
];

function serverEnv(parts: { data: string; url: string; postgres?: Postgres; redis?: Redis }): Env {
  return {
    HOORY_DATA: parts.data,
    HOORY_URL: parts.url,
    HOORY_WEBHOOK_ALLOW: '127.0.0.1',
    HOORY_RATE_LIMITS: 'off',
    HOORY_LOG_LEVEL: 'warn',
    ...(parts.postgres && { DATABASE_URL: parts.postgres.url }),
    ...(parts.redis && { REDIS_URL: parts.redis.url }),
  };
}

function toInstallation(made: Record<string, unknown>, added: Record<string, unknown>): Installation {
  const accessOf = (of: Record<string, unknown>) => ({
    user_id: numberOf(of.user_id, 'user_id'),
    access_token: textOf(of.api_access_token, 'api_access_token'),
    pubsub_token: textOf(of.pubsub_token, 'pubsub_token'),
  });
  return {
    account_id: numberOf(made.account_id, 'account_id'),
    inbox_id: numberOf(made.inbox_id, 'inbox_id'),
    inbox_identifier: textOf(made.inbox_identifier, 'inbox_identifier'),
    administrator: accessOf(made),
    agent: accessOf(added),
  };
}

async function subscribeReceivers(
  base: string,
  { account_id, inbox_id, administrator }: Installation,
  receivers: ReadonlyMap<string, Receiver>,
): Promise<void> {
  const path = `${base}/api/v1/accounts/${account_id}`;
  const send = async (method: string, url: string, body: object) => {
    const headers = { 'content-type': 'application/json', api_access_token: administrator.access_token };
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
    return objectOf(await answer.json());
  };
  await send('PATCH', `${path}/inboxes/${inbox_id}`, {
    channel: { webhook_url: receivers.get('inbox')?.url },
  });
  await send('POST', `${path}/webhooks`, { url: receivers.get('account')?.url, subscriptions });
}

const subscriptions = [
  'message_created',
  'message_updated',
  'conversation_created',
  'conversation_updated',
  'conversation_status_changed',
];
