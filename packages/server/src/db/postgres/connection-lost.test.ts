/** Writes when the connection to PostgreSQL breaks. */
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeOf, throughNetwork } from '../../../test/databases.ts';
import { type Network, openNetwork } from '../../../test/network.ts';
import { engines, type Fresh, freshConfig } from '../../../test/server.ts';
import type { Db, Tx } from '../db.ts';
import { openDb } from '../open.ts';

describe.runIf(engines.includes('postgres'))('a PostgreSQL that goes away', () => {
  let fresh: Fresh;
  let network: Network;
  let db: Db;
  let direct: string;
  let unheard = 0;

  beforeEach(async () => {
    fresh = await freshConfig('postgres');
    direct = fresh.env.DATABASE_URL as string;
    network = await openNetwork(placeOf(direct));
    unheard = 0;
    db = await openDb(
      { ...fresh.config, databaseUrl: throughNetwork(direct, network) },
      { beforeCommit: async () => {}, eventsUnpublished: () => unheard++ },
    );
  });

  afterEach(async () => {
    await db.close();
    await network.stop();
    await fresh.release();
  });

  /** Writes streams of these names in one batch, and notes what runs after its commit. */
  const writeBatch = (names: readonly string[], committed: string[]) =>
    Promise.allSettled(
      names.map((name) =>
        db.write(async (tx) => {
          tx.afterCommit(() => committed.push(name));
          const [id] = (await tx.nextIds('streams', 1)) as [number];
          // Sent with the commit, where it is the last one of its batch.
          tx.awaitAtCommit(tx.insertMany('streams', [stream(id, name)]));
          return name;
        }),
      ),
    );

  /** Resolves when a connection has asked for the status of a transaction. */
  const isAsked = async () => {
    const client = new pg.Client({ connectionString: direct });
    await client.connect();
    const asking = `select from pg_stat_activity where query ~ '^select pg_xact_status'`;
    await expect.poll(async () => (await client.query(asking)).rowCount).toBe(1);
    await client.end();
  };

  const answered = ['a', 'b'].map((value) => ({ status: 'fulfilled', value }));

  it('behind a commit that it has done answers the batch as after any commit, once', async () => {
    const committed: string[] = [];
    const swallowed = network.swallow('COMMIT');
    expect(await writeBatch(['a', 'b'], committed)).toEqual(answered);
    await swallowed;
    expect([committed, unheard]).toEqual([['a', 'b'], 1]);
    expect(await streamNames(db)).toEqual(['a', 'b']);
  });

  it('before a commit that arrives later is asked until it knows, and the batch is answered', async () => {
    const committed: string[] = [];
    const held = network.hold('the held one');
    const batch = writeBatch(['a', 'the held one'], committed);
    const { arrive } = await held;
    await isAsked();
    expect([committed, unheard]).toEqual([[], 0]);
    arrive();
    expect(await batch).toEqual([answered[0], { status: 'fulfilled', value: 'the held one' }]);
    expect([committed, unheard]).toEqual([['a', 'the held one'], 1]);
    expect(await streamNames(db)).toEqual(['a', 'the held one']);
  });

  it('before a commit that arrives after the callers gave up still leads to what follows a commit', async () => {
    const committed: string[] = [];
    const held = network.hold('the held one');
    const batch = writeBatch(['the held one'], committed);
    const { arrive } = await held;
    expect(await batch).toMatchObject([
      { status: 'rejected', reason: { name: 'DatabaseFailed', isOutcomeUnknown: true } },
    ]);
    expect([committed, unheard]).toEqual([[], 0]);
    arrive();
    await expect.poll(() => unheard).toBe(1);
    expect(committed).toEqual(['the held one']);
    expect(await streamNames(db)).toEqual(['the held one']);
  });

  it('before a commit that never arrives fails the batch, which surely is not done', async () => {
    const committed: string[] = [];
    const held = network.hold('the held one');
    const batch = writeBatch(['a', 'the held one'], committed);
    (await held).lose();
    for (const one of await batch)
      expect(one).toMatchObject({
        status: 'rejected',
        reason: { name: 'DatabaseFailed', isOutcomeUnknown: false },
      });
    expect([committed, unheard]).toEqual([[], 0]);
    expect(await streamNames(db)).toEqual([]);
  });

  it('before the commit leaves nothing behind, and the next write finds it again', async () => {
    const lost = db.write(async (tx) => {
      await addStream(tx, 'lost');
      network.cut();
      await addStream(tx, 'lost as well');
    });
    await expect(lost).rejects.toMatchObject({ name: 'DatabaseFailed', isOutcomeUnknown: false });
    expect(unheard).toBe(0);
    await db.write((tx) => addStream(tx, 'found'));
    expect(await streamNames(db)).toEqual(['found']);
  });

  it('while a work waits for something else ends no process', async () => {
    let goOn = () => {};
    let lost: Promise<void> | undefined;
    await new Promise<void>((reached) => {
      lost = db.write(async (tx) => {
        await addStream(tx, 'lost');
        network.cut();
        await new Promise<void>((resolve) => {
          goOn = resolve;
          reached();
        });
      });
    });
    await expect.poll(() => streamNames(db)).toEqual([]);
    goOn();
    await expect(lost).rejects.toMatchObject({ name: 'DatabaseFailed' });
  });

  it('refuses reads and writes while it cannot be reached', async () => {
    network.become('down');
    await expect(streamNames(db)).rejects.toMatchObject({ name: 'DatabaseFailed' });
    await expect(db.write((tx) => addStream(tx, 'a'))).rejects.toMatchObject({
      name: 'DatabaseFailed',
      isOutcomeUnknown: false,
    });
    network.become('open');
    expect(await streamNames(db)).toEqual([]);
  });
});

async function addStream(tx: Tx, name: string): Promise<void> {
  const [id] = (await tx.nextIds('streams', 1)) as [number];
  await tx.insertMany('streams', [stream(id, name)]);
}

const stream = (id: number, name: string) => ({ id, name, last_offset: 0, pruned_offset: 0 });

const streamNames = async (db: Db) =>
  (await db.all(db.q.selectFrom('streams').select('name').orderBy('id'))).map(({ name }) => name);
