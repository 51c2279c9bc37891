/** What `db/` promises, the same on every database. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyConfig, engines, type Fresh, freshConfig } from '../../test/server.ts';
import { Refusal } from '../errors.ts';
import type { BatchVerb, Db, Sql, Tx } from './db.ts';
import { beginsWith, containsText, isAnyOf, isAnyTextOf, jsonText, listValue, nested } from './dialect.ts';
import { jsonRows } from './json-rows.ts';
import { NewerDatabase } from './migrations.ts';
import { openDb } from './open.ts';
import { preparedQuery } from './prepared-query.ts';
import type { AccountRow, StreamRow } from './tables.ts';

describe('a SQLite file', () => {
  it('takes in what a busy server has logged, long before the log is full', async () => {
    const fresh = await freshConfig('sqlite');
    const db = await openDb(fresh.config, { beforeCommit: async () => {} });
    const file = join(fresh.config.data, 'hoory.sqlite');
    const before = statSync(file).size;
    for (let index = 0; index < 300; index++)
      await db.write((tx) => addStreams(tx, [`${index} ${'x'.repeat(4000)}`]));
    await expect.poll(() => statSync(file).size).toBeGreaterThan(before + 50 * 4000);
    await db.close();
    await fresh.release();
  });
});

describe.each(engines)('on %s', (engine) => {
  let fresh: Fresh;
  let db: Db;
  let commits = 0;

  const open = () => openDb(fresh.config, { beforeCommit: async () => void commits++ });

  beforeEach(async () => {
    fresh = await freshConfig(engine);
    db = await open();
    commits = 0;
  });

  afterEach(async () => {
    await db.close();
    await fresh.release();
  });

  describe('the group commit', () => {
    it('calls a verb once with all its waiting inputs, in one transaction', async () => {
      const { ids, batches, names } = await addTogether(16);
      expect(batches).toEqual([16]);
      expect(commits).toBe(1);
      expect(await namesOf(db, ids)).toEqual(names);
    });

    it('keeps two batches of many callers where the database is another process', async () => {
      const { ids, batches, names } = await addTogether(40);
      expect(batches).toEqual(engine === 'postgres' ? [20, 20] : [40]);
      expect(await namesOf(db, ids)).toEqual(names);
    });

    /** So many callers of one verb at once, and the sizes of the batches that it was handed. */
    async function addTogether(count: number) {
      const batches: number[] = [];
      const verb: BatchVerb<string, number> = async (tx, names) => {
        batches.push(names.length);
        return (await addStreams(tx, names)).map((id) => ({ answer: id }));
      };
      const names = Array.from({ length: count }, (_, index) => `s${index}`);
      const ids = await Promise.all(names.map((name) => db.writeMany(verb, name)));
      return { ids, batches, names };
    }

    it('runs jobs of different callers in one transaction', async () => {
      await Promise.all(['a', 'b', 'c'].map((name) => db.write((tx) => addStreams(tx, [name]))));
      expect(commits).toBe(1);
      expect(await streamNames(db)).toEqual(['a', 'b', 'c']);
    });

    it('queues a job that arrives during a commit for the next batch', async () => {
      const late: Promise<unknown>[] = [];
      await db.write(async (tx) => {
        await addStreams(tx, ['first']);
        for (const name of ['b', 'c', 'd']) late.push(db.write((next) => addStreams(next, [name])));
      });
      await Promise.all(late);
      expect(commits).toBe(2);
      expect(await streamNames(db)).toEqual(['first', 'b', 'c', 'd']);
    });

    it('answers after the commit', async () => {
      const [id] = await db.write((tx) => addStreams(tx, ['here']));
      expect(await namesOf(db, [id as number])).toEqual(['here']);
    });

    it('runs more jobs than fit into one batch', async () => {
      const names = Array.from({ length: 600 }, (_, index) => `s${index}`);
      await Promise.all(names.map((name) => db.write((tx) => addStreams(tx, [name]))));
      expect(commits).toBe(3);
      expect(await streamNames(db)).toEqual(names);
    });

    it('runs jobs in the order of their arrival, whatever their verb', async () => {
      const verb: BatchVerb<string, undefined> = async (tx, names) => {
        await addStreams(tx, names);
        return names.map(() => ({ answer: undefined }));
      };
      const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
      await Promise.all(
        names.map((name, index) =>
          index % 3 ? db.writeMany(verb, name) : db.write(async (tx) => void (await addStreams(tx, [name]))),
        ),
      );
      expect(await streamNames(db)).toEqual(names);
    });

    it('lets a refused item of a batch fail alone', async () => {
      const verb: BatchVerb<string, string> = async (tx, names) => {
        await addStreams(
          tx,
          names.filter((name) => name !== 'bad'),
        );
        return names.map((name) =>
          name === 'bad' ? { refusal: new Refusal('invalid', 'no') } : { answer: name },
        );
      };
      const results = await Promise.allSettled(['a', 'bad', 'c'].map((name) => db.writeMany(verb, name)));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(commits).toBe(1);
      expect(await streamNames(db)).toEqual(['a', 'c']);
    });

    it('fails a job that refuses before it writes alone, in the same transaction', async () => {
      const results = await Promise.allSettled([
        db.write((tx) => addStreams(tx, ['a'])),
        db.write(async () => {
          throw new Refusal('not_found', 'gone');
        }),
        db.write((tx) => addStreams(tx, ['c'])),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(commits).toBe(1);
      expect(await streamNames(db)).toEqual(['a', 'c']);
    });

    it('rolls back a job that refuses after it wrote, and commits the other jobs', async () => {
      const results = await Promise.allSettled([
        db.write((tx) => addStreams(tx, ['a'])),
        db.write(async (tx) => {
          await addStreams(tx, ['half']);
          throw new Refusal('invalid', 'no');
        }),
        db.write((tx) => addStreams(tx, ['c'])),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await streamNames(db)).toEqual(['a', 'c']);
    });

    it('drops the events and afterCommit callbacks of a job that refuses', async () => {
      let told = 0;
      const emissions: number[] = [];
      await db.close();
      db = await openDb(fresh.config, {
        beforeCommit: async (tx) => void emissions.push(tx.logEntries.length),
      });
      await Promise.allSettled([
        db.write((tx) => addStreams(tx, ['a'])),
        db.write(async (tx) => {
          tx.logEntries.push({ streams: ['session:1'], event: 'message.created', payload: '{}' });
          tx.afterCommit(() => told++);
          throw new Refusal('invalid', 'no');
        }),
      ]);
      expect(emissions).toEqual([0]);
      expect(told).toBe(0);
    });

    it('retries job by job when a batch fails unexpectedly', async () => {
      const batches: number[] = [];
      const verb: BatchVerb<string, string> = async (tx, names) => {
        batches.push(names.length);
        await addStreams(tx, names);
        if (names.includes('broken')) throw new Error('broken');
        return names.map((answer) => ({ answer }));
      };
      const results = await Promise.allSettled(['a', 'broken', 'c'].map((name) => db.writeMany(verb, name)));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(batches).toEqual([3, 1, 1, 1]);
      expect(await streamNames(db)).toEqual(['a', 'c']);
    });

    it('runs a job again after a unique value was taken, so that it sees the new row', async () => {
      await db.write((tx) => addStreams(tx, ['taken']));
      let runs = 0;
      const work = async (tx: Tx) => {
        if (++runs < 3) await addStreams(tx, ['lost', 'taken']);
        return (await streamNames(tx)).join();
      };
      const beside = (name: string) => db.write((tx) => addStreams(tx, [name]));
      const [, answer] = await Promise.all([beside('a'), db.write(work), beside('c')]);
      expect([runs, answer]).toEqual([3, 'taken,a']);
      expect(await streamNames(db)).toEqual(['taken', 'a', 'c']);
    });

    it('fails a job that finds a unique value taken every time', async () => {
      await db.write((tx) => addStreams(tx, ['taken']));
      let runs = 0;
      const failing = db.write(async (tx) => {
        runs++;
        await addStreams(tx, ['taken']);
      });
      const beside = db.write((tx) => addStreams(tx, ['kept']));
      await expect(failing).rejects.toThrow(/unique/i);
      await beside;
      expect(runs).toBe(6);
      expect(await streamNames(db)).toEqual(['taken', 'kept']);
    });

    it('runs jobs after a failure', async () => {
      await expect(db.run(sql`insert into nowhere values (1)`)).rejects.toThrow(/nowhere/);
      await db.write((tx) => addStreams(tx, ['after']));
      expect(await streamNames(db)).toEqual(['after']);
    });

    it('fails a transaction whose last writes fail, even when they are not awaited', async () => {
      const [first] = await db.write((tx) => addStreams(tx, ['taken']));
      const failing = db.write(async (tx) => {
        await addStreams(tx, ['lost']);
        tx.awaitAtCommit(tx.insertMany('streams', [stream(first as number, 'taken again')]));
        return 'answered';
      });
      const beside = db.write((tx) => addStreams(tx, ['kept']));
      await expect(failing).rejects.toThrow(/unique/i);
      await beside;
      expect(await streamNames(db)).toEqual(['taken', 'kept']);
    });

    it('does not run a late query of a failed transaction in the next transaction', async () => {
      let goOn = () => {};
      let late: Promise<unknown> | undefined;
      const failed = db.write(async (tx) => {
        await addStreams(tx, ['first']);
        late = new Promise<void>((resolve) => {
          goOn = resolve;
        }).then(() => tx.insertMany('streams', [stream(1000, 'late')]));
        throw new Error('failed');
      });
      await expect(failed).rejects.toThrow('failed');
      await db.write(async (tx) => {
        goOn();
        await expect(late).rejects.toThrow('The transaction is over');
        await addStreams(tx, ['second']);
      });
      expect(await streamNames(db)).toEqual(['second']);
    });

    it('runs afterCommit after the commit, and never after a rollback', async () => {
      const seen: Promise<string[]>[] = [];
      await db.write(async (tx) => {
        tx.afterCommit(() => seen.push(streamNames(db)));
        await addStreams(tx, ['a']);
      });
      const failed = db.write(async (tx) => {
        tx.afterCommit(() => seen.push(streamNames(db)));
        await addStreams(tx, ['a']);
      });
      await expect(failed).rejects.toThrow();
      expect(await Promise.all(seen)).toEqual([['a']]);
    });

    it('runs the waiting jobs before it closes', async () => {
      const writes = Promise.all(['a', 'b'].map((name) => db.write((tx) => addStreams(tx, [name]))));
      await db.close();
      await writes;
      db = await open();
      expect(await streamNames(db)).toEqual(['a', 'b']);
    });
  });

  describe('rows', () => {
    it('are seen by others only when committed', async () => {
      const during = await db.write(async (tx) => {
        await addStreams(tx, ['new']);
        return { inside: await streamNames(tx), outside: await streamNames(db) };
      });
      expect(during).toEqual({ inside: ['new'], outside: [] });
      expect(await streamNames(db)).toEqual(['new']);
    });

    const odd: AccountRow[] = [
      account(1, { name: 'it\'s "quoted" \\ {}[],', domain: null, settings: '{"a":[1,null,"ü"]}' }),
      account(2, { name: '', domain: '', created_at: Number.MAX_SAFE_INTEGER }),
      account(3, { name: '👩‍👩‍👧 \u2028\n\tend', domain: 'null', last_display_id: 0, updated_at: -1 }),
      account(4, { name: '12', domain: 'true', custom_attributes: '"text"' }),
    ];

    it('are inserted many at once with every value as it was', async () => {
      await db.write((tx) => tx.insertMany('accounts', odd));
      expect(await accounts(db)).toEqual(odd);
    });

    it('are updated many at once, only the named columns', async () => {
      await db.write((tx) =>
        tx.insertMany(
          'accounts',
          [1, 2, 3, 4, 5].map((id) => account(id)),
        ),
      );
      await db.write((tx) => tx.updateMany('accounts', odd, ['name', 'domain', 'created_at']));
      const expected = odd.map(({ id, name, domain, created_at }) =>
        account(id, { name, domain, created_at }),
      );
      expect(await accounts(db)).toEqual([...expected, account(5)]);
    });

    it('may be none', async () => {
      await db.write(async (tx) => {
        await tx.insertMany('accounts', []);
        await tx.updateMany('accounts', [], ['name']);
      });
      expect(await accounts(db)).toEqual([]);
    });

    it('keep their references', async () => {
      const orphan = { inbox_id: 1, user_id: 99, created_at: 0 };
      await expect(db.write((tx) => tx.insertMany('inbox_members', [orphan]))).rejects.toThrow(
        /foreign key/i,
      );
    });

    it('are counted when touched', async () => {
      await db.write((tx) => addStreams(tx, ['a', 'b', 'c']));
      expect(await db.run(db.q.deleteFrom('streams').where('name', '!=', 'b'))).toBe(2);
      expect(await db.run(db.q.updateTable('streams').set({ last_offset: 1 }).where('name', '=', 'z'))).toBe(
        0,
      );
    });
  });

  describe('ids', () => {
    it('are handed out once, also to writers at the same time', async () => {
      const lists = await Promise.all(
        Array.from({ length: 30 }, (_, index) => db.write((tx) => tx.nextIds('messages', (index % 3) + 1))),
      );
      for (const list of lists) expect(list).toEqual([...list].sort((a, b) => a - b));
      expect(new Set(lists.flat()).size).toBe(60);
      expect(Math.min(...lists.flat())).toBe(1);
    });

    it('do not come back after the newest row was deleted, or after a restart', async () => {
      const [first] = await db.write((tx) => addStreams(tx, ['a']));
      await db.run(db.q.deleteFrom('streams'));
      const [second] = await db.write((tx) => addStreams(tx, ['b']));
      await db.close();
      db = await open();
      const [third] = await db.write((tx) => tx.nextIds('streams', 1));
      expect([second, third]).toEqual([(first as number) + 1, (first as number) + 2]);
    });

    it('count for each table by itself', async () => {
      const [one] = await db.write((tx) => tx.nextIds('messages', 1));
      const [other] = await db.write((tx) => tx.nextIds('contacts', 1));
      expect([one, other]).toEqual([1, 1]);
    });
  });

  describe('the dialect', () => {
    beforeEach(() =>
      db.write((tx) =>
        tx.insertMany('accounts', [
          account(1, { name: '50% off', settings: '{"a b":"x"}' }),
          account(2, { name: '50 pieces', settings: '{}' }),
          account(3, { name: 'A_b\\c', settings: '{"a b":null}' }),
        ]),
      ),
    );

    it('finds rows by a list of any length', async () => {
      const byIds = (ids: number[]) =>
        idsOf(
          db.all(
            db.q
              .selectFrom('accounts')
              .select('id')
              .where(isAnyOf(db, 'id', ids))
              .orderBy('id'),
          ),
        );
      expect(await byIds([3, 1, 99])).toEqual([1, 3]);
      expect(await byIds([])).toEqual([]);
      const named = db.q
        .selectFrom('accounts')
        .select('id')
        .where(isAnyTextOf(db, 'name', ['A_b\\c', 'x']));
      expect(await idsOf(db.all(named))).toEqual([3]);
    });

    it('binds the values of a prepared query at each execution', async () => {
      const find = preparedQuery((q, place: { ids: unknown; name: string }, on) =>
        q
          .selectFrom('accounts')
          .select('id')
          .where(isAnyOf(on, 'id', place.ids))
          .where('name', '!=', place.name)
          .orderBy('id'),
      );
      const run = (ids: number[], name: string) => idsOf(db.all(find(db, { ids: listValue(db, ids), name })));
      expect(await run([1, 2], '')).toEqual([1, 2]);
      expect(await run([2, 3], '50 pieces')).toEqual([3]);
      expect(await run([], '')).toEqual([]);
    });

    it('returns rows that were read as JSON in their order, with every value unchanged', async () => {
      const odd = 'Zoë "says" \\ 你好 😀\n';
      await db.write((tx) =>
        tx.insertMany('accounts', [
          account(4, { name: odd, settings: '{"a":[1]}', created_at: 1_795_573_110_057 }),
        ]),
      );
      const columns = ['id', 'of.name', 'of.domain', 'of.settings', 'of.created_at'];
      const read = jsonRows<{ ids: unknown; name: string }, { id: number; of: Partial<AccountRow> }>(
        columns,
        (q, place, on) =>
          q
            .selectFrom('accounts')
            .select('id')
            .select(nested('accounts', ['name', 'domain', 'settings', 'created_at'] as const, 'of'))
            .where(isAnyOf(on, 'id', place.ids))
            .where('name', '!=', place.name)
            .orderBy('id', 'desc'),
      );
      const rows = await read(db, { ids: listValue(db, [1, 2, 3, 4]), name: '50 pieces' });
      expect(rows.map(({ id }) => id)).toEqual([4, 3, 1]);
      expect(rows[0]).toEqual({
        id: 4,
        of: { name: odd, domain: null, settings: '{"a":[1]}', created_at: 1_795_573_110_057 },
      });
      expect(await read(db, { ids: listValue(db, []), name: '' })).toEqual([]);
    });

    it('matches text literally and case-sensitively', async () => {
      const search = (compare: typeof containsText, text: string) =>
        idsOf(
          db.all(
            db.q
              .selectFrom('accounts')
              .select('id')
              .where(compare(db, sql.ref('name'), text))
              .orderBy('id'),
          ),
        );
      const name = (await db.get(db.q.selectFrom('accounts').select('name').where('id', '=', 3)))?.name;
      expect(await search(containsText, '50%')).toEqual([1]);
      expect(await search(containsText, '50')).toEqual([1, 2]);
      expect(await search(beginsWith, name ?? '')).toEqual([3]);
      expect(await search(beginsWith, (name ?? '').slice(1))).toEqual([]);
      expect(await search(containsText, (name ?? '').toUpperCase())).toEqual([]);
    });

    it('reads a value inside JSON text', async () => {
      const rows = await db.all(
        db.q
          .selectFrom('accounts')
          .select(jsonText(db, 'settings', 'a b').as('value'))
          .orderBy('id'),
      );
      expect(rows.map(({ value }) => value)).toEqual(['x', null, null]);
    });
  });

  describe('migrations', () => {
    it('may run twice at the same time', async () => {
      await fresh.release();
      fresh = await emptyConfig(engine);
      const start = () => migrateElsewhere(fresh.config.data, fresh.config.databaseUrl);
      await Promise.all([start(), start()]);
      await db.close();
      db = await open();
      expect(await accounts(db)).toEqual([]);
    });

    it('do not change a database that is up to date', async () => {
      await db.write((tx) => addStreams(tx, ['kept']));
      await db.close();
      db = await open();
      expect(await streamNames(db)).toEqual(['kept']);
    });

    it('refuse a database that a newer version wrote', async () => {
      await pretendNewer(fresh.config.data, fresh.config.databaseUrl);
      await expect(open()).rejects.toBeInstanceOf(NewerDatabase);
      await expect(open()).rejects.toThrow(/version 9999/);
    });
  });
});

async function addStreams(tx: Tx, names: readonly string[]): Promise<number[]> {
  const ids = await tx.nextIds('streams', names.length);
  await tx.insertMany(
    'streams',
    names.map((name, index) => stream(ids[index] as number, name)),
  );
  return ids;
}

const stream = (id: number, name: string): StreamRow => ({
  id,
  name,
  last_offset: 0,
  pruned_offset: 0,
  pruned_at: 0,
  last_entry_id: 0,
});

const streamNames = async (db: Sql) =>
  (await db.all(db.q.selectFrom('streams').select('name').orderBy('id'))).map(({ name }) => name);

const namesOf = async (db: Sql, ids: number[]) =>
  (
    await db.all(
      db.q
        .selectFrom('streams')
        .select('name')
        .where(isAnyOf(db, 'id', ids))
        .orderBy('id'),
    )
  ).map(({ name }) => name);

const accounts = (db: Sql) => db.all(db.q.selectFrom('accounts').selectAll().orderBy('id'));

const idsOf = async (rows: Promise<{ id: number }[]>) => (await rows).map(({ id }) => id);

function account(id: number, values: Partial<AccountRow> = {}): AccountRow {
  return {
    id,
    name: 'Acme',
    locale: 'en',
    domain: null,
    support_email: null,
    status: 'active',
    settings: '{}',
    custom_attributes: '{}',
    last_display_id: 0,
    cache_keys: '{}',
    created_at: 1,
    updated_at: 1,
    ...values,
  };
}

/** In a process of its own, as a second node or the command line would. */
async function migrateElsewhere(data: string, url: string | undefined): Promise<void> {
  const file = url ? './postgres/migrate.ts' : './sqlite/migrate.ts';
  const module = JSON.stringify(new URL(file, import.meta.url).href);
  const call = url
    ? `migratePostgres(${JSON.stringify(url)})`
    : `migrateSqlite(${JSON.stringify(join(data, 'hoory.sqlite'))})`;
  const script = `import(${module}).then((migrate) => migrate.${call})`;
  await promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    script,
  ]);
}

async function pretendNewer(data: string, url: string | undefined): Promise<void> {
  if (url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('insert into schema_version (version) values (9999)').finally(() => client.end());
  } else {
    const file = new Database(join(data, 'hoory.sqlite'));
    file.pragma('user_version = 9999');
    file.close();
  }
}
