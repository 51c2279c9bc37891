/** PostgreSQL databases of tests, each for itself on the server that the test runner has started. */
import pg from 'pg';
import { newUuid } from '../src/secrets.ts';

export interface PostgresDatabase {
  name: string;
  url: string;
  drop(): Promise<void>;
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
  await run(`create database ${name} template ${template}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => run(`drop database ${name} with (force)`) };
}
