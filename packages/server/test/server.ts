/** A real server for tests: its own data folder, or its own PostgreSQL database, on a free port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Config, readConfig } from '../src/config.ts';
import { type Server, startServer } from '../src/main.ts';
import { newUuid } from '../src/secrets.ts';

/** Databases the noun tests run on. PostgreSQL joins when the test runner has started one (`HOORY_TEST_POSTGRES`). */
export const engines: readonly ('sqlite' | 'postgres')[] = process.env.HOORY_TEST_POSTGRES
  ? ['sqlite', 'postgres']
  : ['sqlite'];

export interface TestServer extends Server {
  /** `http://127.0.0.1:<port>` */
  url: string;
  config: Readonly<Config>;
  /** The settings as a process beside this one is given them. */
  env: Record<string, string>;
  /** Closes the server and deletes its data. */
  stop(): Promise<void>;
}

/** A configuration on a fresh data folder or database; `release` deletes it. */
export async function freshConfig(
  engine: 'sqlite' | 'postgres' = 'sqlite',
  settings: Record<string, string> = {},
): Promise<{ config: Readonly<Config>; env: Record<string, string>; release(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'hoory-test-'));
  const database = engine === 'postgres' ? await createDatabase() : undefined;
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

export interface TestServerOptions {
  engine?: 'sqlite' | 'postgres';
  settings?: Record<string, string>;
  now?: () => number;
}

export async function startTestServer({
  engine,
  settings,
  now,
}: TestServerOptions = {}): Promise<TestServer> {
  const { config, env, release } = await freshConfig(engine, settings);
  const server = await startServer(config, now);
  return {
    ...server,
    config,
    env,
    url: server.app.url(),
    stop: async () => {
      await server.close();
      await release();
    },
  };
}

async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const base = process.env.HOORY_TEST_POSTGRES as string;
  const name = `hoory_${newUuid().replaceAll('-', '')}`;
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: base });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database ${name} with (force)`) };
}
