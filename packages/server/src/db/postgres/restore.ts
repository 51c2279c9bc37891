/** Puts a dump into an empty PostgreSQL database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CannotCopy } from '../cannot-copy.ts';
import { collectOutput } from '../program-output.ts';
import { PrimaryClient } from './primary.ts';
import { findProgram, type PostgresProgram, programEnv } from './programs.ts';
import { countPostgresRows, readServerVersion } from './snapshot.ts';

export interface PostgresTarget {
  /** Names of tables, views and sequences that are there, at most `namesShown`. */
  contents(): Promise<string[]>;
  /** The server's major version. */
  readonly serverVersion: number;
  /** Restores the dump in the file in one transaction. @throws CannotCopy; the database is unchanged then */
  restore(program: PostgresProgram, dump: string): Promise<void>;
  counts(): Promise<Record<string, number>>;
  /** Deletes everything again. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const namesShown = 6;

export async function openPostgresTarget(url: string): Promise<PostgresTarget> {
  const client = new PrimaryClient({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  return {
    serverVersion: await readServerVersion(client),
    contents: async () => {
      const { rows } = await client.query<{ name: string }>(
        `select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
          where relkind in ('r', 'p', 'v', 'm', 'S', 'f') and nspname not in ('pg_catalog', 'information_schema')
            and nspname not like 'pg\\_toast%' order by 1 limit ${namesShown}`,
      );
      return rows.map(({ name }) => name);
    },
    restore: (program, dump) => runRestore(program, url, dump),
    counts: () => countPostgresRows(client),
    empty: async () => {
      await client.query('drop schema public cascade; create schema public');
    },
    close: () => client.end(),
  };
}

/** @throws CannotCopy unless there is a `pg_restore` for dumps of `pg_dump` of that version */
export const findRestore = (dumpVersion: number): Promise<PostgresProgram> =>
  findProgram('pg_restore', dumpVersion);

async function runRestore({ path }: PostgresProgram, url: string, dump: string): Promise<void> {
  const env = programEnv(url);
  const args = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', '--no-password'];
  const child = spawn(path, [...args, `--dbname=${env.PGDATABASE ?? ''}`, dump], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = collectOutput(child.stderr);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new CannotCopy(`pg_restore failed, and the database is unchanged: ${said()}`);
}
