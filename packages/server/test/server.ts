/** A real server for tests: its own data folder, or its own PostgreSQL database, on a free port. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../src/config.ts';
import { type AppOptions, type Server, startServer } from '../src/main.ts';
import { createDatabase } from './databases.ts';

/** Databases the noun tests run on. PostgreSQL joins when the test runner has started one (`HOORY_TEST_POSTGRES`). */
export const engines: readonly ('sqlite' | 'postgres')[] = process.env.HOORY_TEST_POSTGRES
  ? ['sqlite', 'postgres']
  : ['sqlite'];

/** The databases, and where the test runner has Redis two nodes on one PostgreSQL, for tests of what sockets receive. */
export const placements: readonly Engine[] =
  process.env.HOORY_TEST_POSTGRES && process.env.HOORY_TEST_REDIS ? [...engines, 'two nodes'] : engines;

export type Engine = 'sqlite' | 'postgres' | 'two nodes';

/** One process on SQLite, and two nodes where the test runner has what they need: for tests that do not depend on the database. */
export const installations: readonly Engine[] = placements.filter((engine) => engine !== 'postgres');

export interface Node extends Server {
  /** `http://127.0.0.1:<port>` */
  url: string;
}

export interface TestServer extends Node {
  /** The other node, where there are two. */
  other?: Node | undefined;
  config: Readonly<Config>;
  /** The settings as a process beside this one is given them. */
  env: Record<string, string>;
  /** Closes the server and deletes its data. */
  stop(): Promise<void>;
}

export interface Fresh {
  config: Readonly<Config>;
  /** The settings as a process is given them. */
  env: Record<string, string>;
  /** Deletes the folder and the database. */
  release(): Promise<void>;
}

/** A configuration on a fresh data folder or database, migrated where vitest has made one to copy (`templates.ts`). */
export async function freshConfig(
  engine: 'sqlite' | 'postgres' = 'sqlite',
  settings: Record<string, string> = {},
): Promise<Fresh> {
  const fresh = await emptyConfig(engine, settings, process.env.HOORY_TEST_POSTGRES_TEMPLATE);
  const file = process.env.HOORY_TEST_SQLITE_TEMPLATE;
  if (file && engine === 'sqlite') copyFileSync(file, join(fresh.config.data, 'hoory.sqlite'));
  return fresh;
}

/** A configuration on an empty data folder, and on PostgreSQL a database that is empty or a copy of `template`. */
export async function emptyConfig(
  engine: 'sqlite' | 'postgres',
  settings: Record<string, string> = {},
  template?: string,
): Promise<Fresh> {
  const data = mkdtempSync(join(tmpdir(), 'hoory-test-'));
  const database = engine === 'postgres' ? await createDatabase(template) : undefined;
  const env = {
    HOORY_DATA: data,
    PORT: '0',
    HOORY_LOG_LEVEL: 'warn',
    HOORY_RATE_LIMITS: 'off',
    ...(database && { DATABASE_URL: database.url }),
    ...settings,
  };
  return {
    config: readConfig(env),
    env,
    release: async () => {
      rmSync(data, { recursive: true, force: true });
      await database?.drop();
    },
  };
}

/** The address for sockets and long polls: where there are two nodes, another one than that of the calls. */
export const listenUrlOf = ({ url, other }: Pick<TestServer, 'url' | 'other'>): string => other?.url ?? url;

export interface TestServerOptions extends Omit<AppOptions, 'url'> {
  engine?: Engine;
  settings?: Record<string, string>;
  now?: () => number;
}

export async function startTestServer({
  engine,
  settings,
  now,
  ...options
}: TestServerOptions = {}): Promise<TestServer> {
  const isTwo = engine === 'two nodes';
  const { config, env, release } = await (isTwo
    ? freshConfig('postgres', { REDIS_URL: process.env.HOORY_TEST_REDIS ?? '', ...settings })
    : freshConfig(engine, settings));
  const start = async (): Promise<Node> => {
    const node = await startServer(config, now, options);
    return { ...node, url: node.app.url() };
  };
  const server = await start();
  const other = isTwo ? await start() : undefined;
  return {
    ...server,
    config,
    env,
    other,
    stop: async () => {
      await Promise.all([server.close(), other?.close()]);
      await release();
    },
  };
}
