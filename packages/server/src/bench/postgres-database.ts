/** A PostgreSQL database for one section, beside the one that the user names. */
import { randomInt } from 'node:crypto';

/** Creates a database, does `work` on it, and drops it. @param name part of its name */
export async function withDatabase<Out>(
  url: string,
  name: string,
  work: (url: string) => Promise<Out>,
): Promise<Out> {
  const own = new URL(url);
  const database = `${own.pathname.slice(1)}_${name}_${randomInt(2 ** 32)}`;
  own.pathname = `/${database}`;
  await run(url, `create database "${database}"`);
  try {
    return await work(own.href);
  } finally {
    await run(url, `drop database if exists "${database}" with (force)`);
  }
}

async function run(url: string, text: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}
