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

const runOn = async (url: string, text: string): Promise<pg.QueryResult> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(text).finally(() => client.end());
};

const server = () => process.env.HOORY_TEST_POSTGRES as string;

/** Creates a database, empty or a copy of the one called `template`. */
export async function createDatabase(name = newName(), template = 'template1'): Promise<PostgresDatabase> {
  await runOn(server(), `create database ${name} template ${template}`);
  const url = new URL(server());
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => runOn(server(), `drop database ${name} with (force)`).then() };
}

const newName = () => `hoory_${newUuid().replaceAll('-', '')}`;

/** Emptied databases which tests of this worker have given back. */
const returned: PostgresDatabase[] = [];

/**
 * Takes a migrated database without rows. `drop` empties it for another test, which is quicker than a new copy. `dropCopies` removes all of them at the end.
 */
export async function takeCopy(template: string): Promise<PostgresDatabase> {
  const known = returned.pop();
  if (known) return known;
  const copy = await createDatabase(`${template}_${newUuid().slice(0, 8)}`, template);
  const lent: PostgresDatabase = {
    ...copy,
    drop: async () => {
      if (await empty(copy.url)) returned.push(lent);
      else await copy.drop();
    },
  };
  return lent;
}

/** Drops every database that `takeCopy` has made from `template`, of whichever worker. */
export async function dropCopies(template: string): Promise<void> {
  const { rows } = await runOn(
    server(),
    `select datname from pg_database where starts_with(datname, '${template}_')`,
  );
  for (const { datname } of rows) await runOn(server(), `drop database ${datname} with (force)`);
}

/** Leaves out tables that have no row: each truncated one costs the files of its indexes. */
const emptyAll = `do $$
  declare
    relation regclass;
    has_rows boolean;
    filled text[] := '{}';
  begin
    for relation in select oid from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_version'
    loop
      execute format('select exists (select from %s)', relation) into has_rows;
      if has_rows then filled := filled || relation::text; end if;
    end loop;
    if filled <> '{}' then execute 'truncate ' || array_to_string(filled, ', ') || ' cascade'; end if;
    perform setval(seqrelid::regclass, seqstart, false) from pg_sequence;
  end $$`;

/** Removes all rows and starts the ids anew. @returns false when the database is still in use, and then changes nothing */
async function empty(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (!(await isUnused(client))) return false;
    await client.query(emptyAll);
    return true;
  } finally {
    await client.end();
  }
}

/** A closed connection leaves a process that takes a moment to end. */
async function isUnused(client: pg.Client): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { rows } = await client.query(
      `select from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
    );
    if (!rows.length) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
