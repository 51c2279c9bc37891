/** Jobs that run side by side in one transaction, on every database. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { Refusal } from '../errors.ts';
import type { BatchVerb, Db, Tx } from './db.ts';
import { withNewIds } from './new-ids.ts';
import { openDb } from './open.ts';

describe.each(engines)('jobs side by side on %s', (engine) => {
  let fresh: Fresh;
  let db: Db;
  /** Payloads of the events of each commit. */
  let commits: string[][];

  beforeEach(async () => {
    fresh = await freshConfig(engine);
    commits = [];
    db = await openDb(fresh.config, {
      beforeCommit: async (tx) => void commits.push(tx.logEntries.map(({ payload }) => payload)),
    });
  });

  afterEach(async () => {
    await db.close();
    await fresh.release();
  });

  const addStreams = async (tx: Tx, names: readonly string[]) =>
    tx.insertMany(
      'streams',
      await withNewIds(
        tx,
        'streams',
        names.map((name) => ({ name, last_offset: 0, last_entry_id: 0, pruned_offset: 0, pruned_at: 0 })),
      ),
    );

  const streamNames = async () =>
    (await db.all(db.q.selectFrom('streams').select('name').orderBy('name'))).map(({ name }) => name);

  /** A common step that records the inputs of each call, and fails for `broken`. */
  const openStep = () => {
    const calls: string[][] = [];
    const step: BatchVerb<string, string> = async (tx, names) => {
      calls.push([...names].sort());
      if (names.includes('broken')) throw new Error('broken step');
      await addStreams(tx, names);
      return names.map((name) =>
        name === 'refused' ? { refusal: new Refusal('invalid', 'no') } : { answer: `${name}!` },
      );
    };
    return { calls, step };
  };

  const settle = (jobs: Promise<unknown>[]) =>
    Promise.all(jobs.map((one) => one.catch((error: Error) => error.message)));

  it('call a common step once for all, whatever each does before it', async () => {
    const { calls, step } = openStep();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name, index) =>
        db.write(
          async (tx) => {
            for (let read = 0; read < index; read++) await tx.get(tx.q.selectFrom('streams').select('id'));
            return tx.gather(step, name);
          },
          [name],
        ),
      ),
    );
    expect(answers).toEqual(['a!', 'b!', 'c!', 'd!']);
    expect(calls).toEqual([['a', 'b', 'c', 'd']]);
    expect(commits).toHaveLength(1);
    expect(await streamNames()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('do not wait for one that has ended, or takes part in another step', async () => {
    const first = openStep();
    const second = openStep();
    const ended = db.write(async (tx) => addStreams(tx, ['ended']), ['ended']);
    const twice = db.write(
      async (tx) => [await tx.gather(first.step, 'a'), await tx.gather(second.step, 'b')],
      ['twice'],
    );
    const once = db.write((tx) => tx.gather(second.step, 'c'), ['once']);
    expect(await Promise.all([ended, twice, once])).toEqual([undefined, ['a!', 'b!'], 'c!']);
    expect([first.calls, second.calls]).toEqual([[['a']], [['c'], ['b']]]);
  });

  it('let one that refuses before it writes fail alone, in the same transaction', async () => {
    const runs: string[] = [];
    const add = (name: string) =>
      db.write(
        async (tx) => {
          runs.push(name);
          if (name === 'bad') throw new Refusal('invalid', 'no');
          await addStreams(tx, [name]);
        },
        [name],
      );
    expect(await settle(['a', 'bad', 'c'].map(add))).toEqual([undefined, 'no', undefined]);
    expect(runs).toEqual(['a', 'bad', 'c']);
    expect(await streamNames()).toEqual(['a', 'c']);
  });

  it('run again alone when one refuses after a step has written', async () => {
    const { step } = openStep();
    const add = (name: string) => db.write((tx) => tx.gather(step, name), [name]);
    expect(await settle(['a', 'refused', 'c'].map(add))).toEqual(['a!', 'no', 'c!']);
    expect(await streamNames()).toEqual(['a', 'c']);
  });

  it('run again alone when a step fails, so that one fails and the others are done once', async () => {
    const { calls, step } = openStep();
    const add = (name: string) => db.write((tx) => tx.gather(step, name), [name]);
    expect(await settle(['a', 'broken', 'c'].map(add))).toEqual(['a!', 'broken step', 'c!']);
    expect(calls).toEqual([['a', 'broken', 'c'], ['a'], ['broken'], ['c']]);
    expect(await streamNames()).toEqual(['a', 'c']);
  });

  it('run again alone when a statement of one fails', async () => {
    await db.write((tx) => addStreams(tx, ['taken']));
    const add = (name: string) => db.write((tx) => addStreams(tx, [name]), [name]);
    const [a, taken, c] = await settle(['a', 'taken', 'c'].map(add));
    expect([a, c]).toEqual([undefined, undefined]);
    expect(taken).toMatch(/unique/i);
    expect(await streamNames()).toEqual(['a', 'c', 'taken']);
  });

  it('run again when a write that nobody awaits finds a unique value taken', async () => {
    await db.write((tx) => addStreams(tx, ['taken']));
    const names = ['taken', 'free'];
    const newest = (tx: Tx) => tx.get(tx.q.selectFrom('streams').select('id').orderBy('id', 'desc'));
    await db.write(async (tx) => {
      const id = ((await newest(tx))?.id ?? 0) + 1000;
      const row = {
        id,
        name: names.shift() ?? '',
        last_offset: 0,
        last_entry_id: 0,
        pruned_offset: 0,
        pruned_at: 0,
      };
      // Answered before the insert fails; PostgreSQL refuses the next read without naming the cause.
      const before = newest(tx);
      tx.awaitAtCommit(tx.insertMany('streams', [row]));
      await before;
      await newest(tx);
    });
    expect(await streamNames()).toEqual(['free', 'taken']);
  });

  /** Adds one to a stream's offset, with reads between what it read and what it writes. */
  const increase = (name: string, scope?: string[]) =>
    db.write(async (tx) => {
      const row = await tx.get(tx.q.selectFrom('streams').selectAll().where('name', '=', name));
      for (let read = 0; read < 5; read++) await tx.get(tx.q.selectFrom('streams').select('id'));
      if (row)
        await tx.updateMany('streams', [{ ...row, last_offset: row.last_offset + 1 }], ['last_offset']);
    }, scope);

  it('see the writes of an earlier job with a common name', async () => {
    await db.write((tx) => addStreams(tx, ['a', 'b']));
    const scope = ['stream:a'];
    await Promise.all([
      increase('a', scope),
      increase('a', [...scope, 'other']),
      increase('b', []),
      increase('a'),
    ]);
    const rows = await db.all(db.q.selectFrom('streams').select(['name', 'last_offset']).orderBy('name'));
    expect(rows).toEqual([
      { name: 'a', last_offset: 3 },
      { name: 'b', last_offset: 1 },
    ]);
  });

  it('keep the order of the events of each job around a step', async () => {
    const say = (tx: Tx, payload: string) => tx.logEntries.push({ streams: ['s'], event: 'e', payload });
    const step: BatchVerb<string, undefined> = async (tx, names) =>
      names.map((name) => {
        say(tx, `${name} step`);
        return { answer: undefined };
      });
    const emit = (name: string) =>
      db.write(
        async (tx) => {
          say(tx, `${name} before`);
          await tx.gather(step, name);
          say(tx, `${name} after`);
        },
        [name],
      );
    await Promise.all(['a', 'b', 'c'].map(emit));
    expect(commits).toHaveLength(1);
    for (const name of ['a', 'b', 'c'])
      expect(commits[0]?.filter((payload) => payload.startsWith(name))).toEqual(
        ['before', 'step', 'after'].map((when) => `${name} ${when}`),
      );
  });
});
