/** What the write lane says and does when PostgreSQL goes away under it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeOf, throughNetwork } from '../../test/databases.ts';
import { type Network, openNetwork } from '../../test/network.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import type { Db, Tx } from './db.ts';
import { openDb } from './open.ts';

describe.runIf(engines.includes('postgres'))('a PostgreSQL that goes away', () => {
  let fresh: Fresh;
  let network: Network;
  let db: Db;
  let unsure = 0;

  beforeEach(async () => {
    fresh = await freshConfig('postgres');
    const direct = fresh.env.DATABASE_URL as string;
    network = await openNetwork(placeOf(direct));
    unsure = 0;
    db = await openDb(
      { ...fresh.config, databaseUrl: throughNetwork(direct, network) },
      { beforeCommit: async () => {}, unsure: () => unsure++ },
    );
  });

  afterEach(async () => {
    await db.close();
    await network.stop();
    await fresh.release();
  });

  it('in a commit fails the whole batch, which is not done again', async () => {
    const swallowed = network.swallow('COMMIT');
    const batch = await Promise.allSettled(['a', 'b'].map((name) => db.write((tx) => addStream(tx, name))));
    await swallowed;
    for (const one of batch)
      expect(one).toMatchObject({ status: 'rejected', reason: { name: 'DatabaseFailed', isUnsure: true } });
    expect(unsure).toBe(1);
    expect(await streamNames(db)).toEqual(['a', 'b']);
  });

  it('before the commit leaves nothing behind, and the next write finds it again', async () => {
    const lost = db.write(async (tx) => {
      await addStream(tx, 'lost');
      network.cut();
      await addStream(tx, 'lost as well');
    });
    await expect(lost).rejects.toMatchObject({ name: 'DatabaseFailed', isUnsure: false });
    expect(unsure).toBe(0);
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
      isUnsure: false,
    });
    network.become('open');
    expect(await streamNames(db)).toEqual([]);
  });
});

async function addStream(tx: Tx, name: string): Promise<void> {
  const [id] = (await tx.nextIds('streams', 1)) as [number];
  await tx.insertMany('streams', [{ id, name, last_offset: 0, pruned_offset: 0 }]);
}

const streamNames = async (db: Db) =>
  (await db.all(db.q.selectFrom('streams').select('name').orderBy('id'))).map(({ name }) => name);
