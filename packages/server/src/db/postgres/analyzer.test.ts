import pg from 'pg';
import { expect, it } from 'vitest';
import { createDatabase } from '../../../test/databases.ts';
import { engines } from '../../../test/server.ts';
import { openAnalyzer } from './analyzer.ts';

it.runIf(engines.includes('postgres'))('looks at a table that grows, without being told which', async () => {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url });
  await pool.query('create table growing (id bigint primary key)');
  await pool.query('create table resting (id bigint primary key)');
  await pool.query('insert into growing select generate_series(1, 100)');
  const analyzed = async () => {
    const { rows } = await pool.query<{ relname: string }>(
      'select relname from pg_stat_user_tables where last_analyze is not null',
    );
    return rows.map(({ relname }) => relname);
  };
  // PostgreSQL tells what has changed with a delay of its own.
  await expect
    .poll(
      async () => {
        const analyzer = openAnalyzer(pool);
        analyzer.onCommit();
        await analyzer.idle();
        return analyzed();
      },
      { timeout: 15_000, interval: 100 },
    )
    .toEqual(['growing']);
  const { rows } = await pool.query('show default_statistics_target');
  expect(rows).toEqual([{ default_statistics_target: '100' }]);
  await pool.end();
  await database.drop();
});
