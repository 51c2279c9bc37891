/** PostgreSQL databases of tests, each for itself on the server that the test runner has started. */
import type { NetConnectOpts } from 'node:net';
import pg from 'pg';
import { newUuid } from '../src/secrets.ts';
import type { Network } from './network.ts';

export interface PostgresDatabase {
  name: string;
  url: string;
  drop(): Promise<void>;
}

/** Where the server of such an address listens. */
export function placeOf(url: string): NetConnectOpts {
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  return host.startsWith('/')
    ? { path: `${host}/.s.PGSQL.${port || 5432}` }
    : { host, port: Number(port || 5432) };
}

/** The same database by way of `network`, which leads to its server. */
export function throughNetwork(url: string, network: Pick<Network, 'url'>): string {
  const through = new URL(url);
  through.host = new URL(network.url).host;
  through.searchParams.delete('host');
  return through.href;
}

/** Ends all connections to the database at `url` as an administrator would. */
export async function terminateAll(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client
    .query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    .finally(() => client.end());
}

/** A new database, empty or a copy of the one called `template`. */
export async function createDatabase(template = 'template1'): Promise<PostgresDatabase> {
  const base = process.env.HOORY_TEST_POSTGRES as string;
  const name = `hoory_${newUuid().replaceAll('-', '')}`;
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: base });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  // Copying the files takes a third of the processor time of the default, which writes each page to the log.
  await run(`create database ${name} template ${template} strategy file_copy`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => run(`drop database ${name} with (force)`) };
}
