/** The databases of the section: one for each size, and how many bytes each takes. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Config, readConfig } from '../../config.ts';
import { loadSite, type Site } from './site.ts';

export interface SizedDatabase {
  config: Readonly<Config>;
  /** The site of an account that was filled before. */
  site: Site | undefined;
}

export interface Place {
  /** A folder for all sizes. */
  data: string;
  /** A PostgreSQL database whose name begins the names of the others; SQLite when left out. */
  databaseUrl: string | undefined;
}

/**
 * The folder of a size, and on PostgreSQL its database, which is made when it is missing.
 * @throws Error when that database holds something and the folder does not say what
 */
export async function openSize({ data, databaseUrl }: Place, messages: number): Promise<SizedDatabase> {
  const folder = join(data, `${databaseUrl ? 'postgres' : 'sqlite'}-${messages}`);
  mkdirSync(folder, { recursive: true });
  const site = loadSite(folder);
  const url = databaseUrl && (await openPostgres(databaseUrl, { messages, isFilled: site !== undefined }));
  const config = readConfig({
    HOORY_DATA: folder,
    PORT: '0',
    HOORY_RATE_LIMITS: 'off',
    HOORY_LOG_LEVEL: 'error',
    HOORY_WEBHOOK_ALLOW: '127.0.0.1',
    DATABASE_URL: url,
  });
  return { config, site };
}

async function openPostgres(
  databaseUrl: string,
  { messages, isFilled }: { messages: number; isFilled: boolean },
): Promise<string> {
  const url = new URL(databaseUrl);
  const name = `${url.pathname.slice(1)}_growth_${messages}`;
  url.pathname = `/${name}`;
  const found = await query(databaseUrl, 'select 1 from pg_database where datname = $1', [name]);
  if (found.length && !isFilled)
    throw new Error(`The database ${name} is there already, and no folder says what it holds: drop it.`);
  if (!found.length && isFilled)
    throw new Error(`The database ${name} is gone: remove its folder to fill it anew.`);
  if (!found.length) await query(databaseUrl, `create database "${name}"`);
  return url.href;
}

/** Deletes the PostgreSQL database of a size; the folders are the caller's. */
export async function dropSize({ databaseUrl }: Place, messages: number): Promise<void> {
  if (!databaseUrl) return;
  const name = `${new URL(databaseUrl).pathname.slice(1)}_growth_${messages}`;
  await query(databaseUrl, `drop database if exists "${name}"`);
}

/** Does what autovacuum does in a year: statistics, and maps of what every transaction sees. */
export async function settleDatabase({ databaseUrl }: Readonly<Config>): Promise<void> {
  if (databaseUrl) await query(databaseUrl, 'vacuum analyze');
}

async function query<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(text, values);
    return rows;
  } finally {
    await client.end();
  }
}

export interface DatabaseSize {
  /** Size of the whole database, with indexes and free pages. */
  bytes: number;
  /** Size of each table with its indexes, the largest first. */
  tables: { name: string; bytes: number }[];
}

/** Bytes of the whole database with its log, without reading its pages. */
export async function bytesOf({ data, databaseUrl }: Readonly<Config>): Promise<number> {
  if (databaseUrl) {
    const [database] = await query<Bytes>(
      databaseUrl,
      'select pg_database_size(current_database()) as bytes',
    );
    return Number(database?.bytes);
  }
  const path = join(data, 'hoory.sqlite');
  return [path, `${path}-wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
}

export const sizeOf = ({ data, databaseUrl }: Readonly<Config>): Promise<DatabaseSize> =>
  databaseUrl ? sizeOfPostgres(databaseUrl) : Promise.resolve(sizeOfSqlite(join(data, 'hoory.sqlite')));

async function sizeOfPostgres(url: string): Promise<DatabaseSize> {
  const [database] = await query<Bytes>(url, 'select pg_database_size(current_database()) as bytes');
  const tables = await query<Bytes & { name: string }>(
    url,
    `select relname as name, pg_total_relation_size(oid) as bytes from pg_class
     where relkind = 'r' and relnamespace = current_schema()::regnamespace order by 2 desc`,
  );
  return {
    bytes: Number(database?.bytes),
    tables: tables.map(({ name, bytes }) => ({ name, bytes: Number(bytes) })),
  };
}

/** The driver hands out large numbers as text. */
interface Bytes {
  bytes: string;
}

/** A table or an index. */
export interface DatabasePart {
  name: string;
  bytes: number;
}

/** Every table and index by itself, the largest first. */
export async function partsOf({ data, databaseUrl }: Readonly<Config>): Promise<DatabasePart[]> {
  if (!databaseUrl) return partsOfSqlite(join(data, 'hoory.sqlite'));
  const parts = await query<Bytes & { name: string }>(
    databaseUrl,
    // A table with its TOAST table, without its indexes.
    `select relname as name, case relkind when 'r' then pg_table_size(oid) else pg_relation_size(oid) end as bytes
     from pg_class where relkind in ('r', 'i') and relnamespace = current_schema()::regnamespace order by 2 desc`,
  );
  return parts.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}

function partsOfSqlite(path: string): DatabasePart[] {
  const db = new Database(path, { readonly: true });
  try {
    return db
      .prepare<[], DatabasePart>(
        'select name, sum(pgsize) as bytes from dbstat where aggregate = true group by name order by 2 desc',
      )
      .all();
  } finally {
    db.close();
  }
}

function sizeOfSqlite(path: string): DatabaseSize {
  const db = new Database(path, { readonly: true });
  try {
    const tables = db
      .prepare<[], { name: string; bytes: number }>(
        `select tbl_name as name, sum(pgsize) as bytes from dbstat join sqlite_schema using (name)
         where aggregate = true group by tbl_name order by 2 desc`,
      )
      .all();
    return { bytes: statSync(path).size, tables };
  } finally {
    db.close();
  }
}
