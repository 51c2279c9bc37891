/** The snapshot of a PostgreSQL database: an open transaction, whose snapshot `pg_dump` and the counts share. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type pg from 'pg';
import { CannotCopy } from '../cannot-copy.ts';
import { collectOutput } from '../program-output.ts';
import type { DatabaseSnapshot, SnapshotOptions } from '../snapshot.ts';
import { PrimaryClient } from './primary.ts';
import { findProgram, type PostgresProgram, programEnv } from './programs.ts';

/** @throws CannotCopy without tables or without a `pg_dump` that knows the server's version; and what connecting throws */
export async function openPostgresSnapshot(
  url: string,
  { signal }: Pick<SnapshotOptions, 'signal'>,
): Promise<DatabaseSnapshot> {
  const client = new PrimaryClient({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    acceptsReadOnly: true,
  });
  await client.connect();
  try {
    await client.query('set idle_in_transaction_session_timeout = 0; set statement_timeout = 0');
    const serverVersion = await readServerVersion(client);
    const program = await findProgram('pg_dump', serverVersion);
    await client.query('begin isolation level repeatable read read only');
    const { rows } = await client.query<{ id: string; size: string }>(
      'select pg_export_snapshot() as id, pg_database_size(current_database()) as size',
    );
    const snapshot = rows[0]?.id ?? '';
    return {
      engine: 'postgres',
      schemaVersion: await readSchemaVersion(client),
      postgres: { server: serverVersion, pg_dump: program.version },
      size: Number(rows[0]?.size ?? 0),
      bytes: () => dump(program, { url, snapshot, ...(signal && { signal }) }),
      counts: () => countPostgresRows(client),
      texts: (query) => readTexts(client, query),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** The major version of the server. */
export async function readServerVersion(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  return Math.floor(Number(rows[0]?.server_version_num) / 10_000);
}

async function readSchemaVersion(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ exists: boolean }>(
    "select to_regclass('schema_version') is not null as exists",
  );
  if (!rows[0]?.exists)
    throw new CannotCopy('The database has no tables of Hoory. Set DATABASE_URL as for hoory serve.');
  const { rows: versions } = await client.query<{ version: string }>(
    'select max(version) as version from schema_version',
  );
  return Number(versions[0]?.version);
}

interface Dump {
  url: string;
  /** Of the transaction that exported it; without one `pg_dump` takes its own. */
  snapshot?: string;
  compress?: boolean;
  signal?: AbortSignal;
}

/** A dump in the custom format. @throws CannotCopy with the message of `pg_dump` */
export async function* dump(
  { path }: PostgresProgram,
  { url, snapshot, compress = false, signal }: Dump,
): AsyncGenerator<Buffer> {
  const compression = `--compress=${compress ? 1 : 0}`;
  const args = ['--format=custom', compression, '--no-owner', '--no-privileges', '--no-password'];
  const child = spawn(path, [...args, ...(snapshot ? [`--snapshot=${snapshot}`] : [])], {
    env: programEnv(url),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const said = collectOutput(child.stderr);
  const ended = once(child, 'close');
  ended.catch(() => {});
  try {
    for await (const chunk of child.stdout) yield chunk;
    const [code] = await ended;
    if (code !== 0) throw new CannotCopy(`pg_dump failed: ${said()}`);
  } finally {
    child.kill();
  }
}

/** The number of rows of each table in the schema of the connection. */
export async function countPostgresRows(client: pg.ClientBase): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by 1",
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const counted = await client.query<{ count: string }>(`select count(*) as count from "${name}"`);
    counts[name] = Number(counted.rows[0]?.count);
  }
  return counts;
}

const rowsPerFetch = 1000;

async function* readTexts(client: pg.ClientBase, query: string): AsyncGenerator<string> {
  await client.query(`declare texts no scroll cursor for ${query}`);
  for (;;) {
    const { rows } = await client.query<[string]>({
      text: `fetch ${rowsPerFetch} from texts`,
      rowMode: 'array',
    });
    for (const [text] of rows) yield text;
    if (rows.length < rowsPerFetch) break;
  }
  await client.query('close texts');
}
