import type { EventEmitter } from 'node:events';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../../../test/databases.ts';
import { engines } from '../../../test/server.ts';
import { SqlPipeline } from './pipeline.ts';

describe.runIf(engines.includes('postgres'))('a line to PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let client: pg.Client;
  let line: SqlPipeline;
  /** How often the server has said that it is ready: once for each way there and back. */
  let ways = 0;

  beforeEach(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url });
    client.on('error', () => {});
    await client.connect();
    await client.query('create table notes (id bigint primary key, text text)');
    ways = 0;
    (client as unknown as { connection: EventEmitter }).connection.on('readyForQuery', () => ways++);
    line = new SqlPipeline(client);
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const add = (id: number, text: string) => line.query('insert into notes values ($1, $2)', [id, text]);
  const notes = async () => (await line.query('select id, text from notes order by id')).rows;

  it('sends the queries of one turn of the event loop together, in their order', async () => {
    const answers = await Promise.all([add(1, 'a'), add(2, 'b'), notes(), add(3, 'c')]);
    expect(answers[0]).toEqual({ rows: [], command: 'INSERT 0 1', changes: 1 });
    expect(answers[2]).toEqual([
      { id: 1, text: 'a' },
      { id: 2, text: 'b' },
    ]);
    expect(ways).toBe(1);
    expect(await notes()).toHaveLength(3);
    expect(ways).toBe(2);
  });

  it('sends later queries with the next packet', async () => {
    const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
    const asked = [line.query('select pg_sleep(0.2)')];
    for (const id of [1, 2]) {
      await nextTurn();
      asked.push(add(id, 'a'));
    }
    await Promise.all(asked);
    expect(ways).toBe(2);
  });

  it('returns every value unchanged', async () => {
    const texts = ['', 'null', 'a "quoted" \\ one', '{braces}, commas', 'line\nbreak', 'ünïcödé 🙂', null];
    const { rows } = await line.query(
      'select $1::text[] as texts, $2::bigint[] as ids, $3::bigint as id, $4::text as text, $5::text as none, $6::float8 as ratio, $7::boolean as yes',
      [texts, [1, 2 ** 53 - 1, null], 7, 'x', null, 1.5, true],
    );
    expect(rows).toEqual([
      { texts, ids: expect.anything(), id: 7, text: 'x', none: null, ratio: 1.5, yes: true },
    ]);
    const listed = await line.query('select * from unnest($1::bigint[], $2::text[]) as t (id, text)', [
      [1, 2 ** 53 - 1, null],
      ['a', null, ''],
    ]);
    expect(listed.rows).toEqual([
      { id: 1, text: 'a' },
      { id: 2 ** 53 - 1, text: null },
      { id: null, text: '' },
    ]);
  });

  it('rejects only the query with a value that is not text', async () => {
    const strange = line.query('select $1::text', [Object.create(null)]);
    const beside = add(1, 'a');
    await expect(strange).rejects.toThrow(TypeError);
    await beside;
    expect(await notes()).toHaveLength(1);
  });

  it('does not execute queries after a failed one in its packet, and runs the next packet', async () => {
    await add(1, 'a');
    const wrong = 'select id from notes where text = $1 and nothing';
    const right = 'select count(*) as count from notes';
    const settled = await Promise.allSettled([
      add(2, 'b'),
      add(1, 'again'),
      line.query(right),
      line.query(wrong, ['a']),
      add(3, 'c'),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', ...Array(4).fill('rejected')]);
    for (const one of settled.slice(1)) expect(one).toMatchObject({ reason: { code: '23505' } });
    // The transaction of one way is undone as a whole.
    expect(await notes()).toEqual([{ id: 1, text: 'a' }]);
    expect((await line.query(right)).rows).toEqual([{ count: 1 }]);
    await expect(line.query(wrong, ['a'])).rejects.toMatchObject({ code: '42703' });
    await Promise.all([add(2, 'b'), add(3, 'c')]);
    expect((await line.query(right)).rows).toEqual([{ count: 3 }]);
  });

  it('rejects waiting and later queries when its connection is lost', async () => {
    await line.query('select 1');
    const [lost, behind] = [line.query('select pg_terminate_backend(pg_backend_pid())'), add(1, 'a')];
    await expect(lost).rejects.toThrow();
    await expect(behind).rejects.toThrow();
    await expect(notes()).rejects.toThrow();
  });
});
