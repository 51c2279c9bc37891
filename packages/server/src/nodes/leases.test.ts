/** One process at a time has the lease, and one that lost it writes nothing more. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import type { Db, Tx } from '../db/db.ts';
import { openDb } from '../db/open.ts';
import { BackgroundLease, type Term } from './leases.ts';

interface Process {
  db: Db;
  lease: BackgroundLease;
  /** The present term and those before. */
  terms: (Term | undefined)[];
  /** What the registry does with each heartbeat. */
  renew(): Promise<void>;
}

describe.runIf(engines.includes('postgres'))('the lease of the background work', { timeout: 60_000 }, () => {
  let fresh: Fresh;
  let open: Process[];

  beforeEach(async () => {
    fresh = await freshConfig('postgres');
    open = [];
  });
  afterEach(async () => {
    for (const { db } of open) await db.close();
    await fresh.release();
  });

  async function start(id: string, lifetimeMs = 60_000): Promise<Process> {
    const db = await openDb(fresh.config, { beforeCommit: async () => {} });
    const lease = new BackgroundLease(id, lifetimeMs);
    const terms: (Term | undefined)[] = [];
    lease.follow((term) => void terms.unshift(term));
    const renew = () => db.write(async (tx) => tx.afterCommit(await lease.claim(tx)));
    const process = { db, lease, terms, renew };
    open.push(process);
    return process;
  }

  /** As if the owner had not renewed it for long. */
  const expire = ({ db }: Process) =>
    db.write((tx) => tx.run(tx.q.updateTable('leases').set({ expires_at: 1 })));
  const addNote = (name: string) => async (tx: Tx) =>
    tx.run(tx.q.insertInto('installation').values({ name, value: 'written' }));
  const hasNote = async ({ db }: Process, name: string) =>
    (await db.get(db.q.selectFrom('installation').select('value').where('name', '=', name))) !== undefined;
  const fenced = ({ db, terms: [term] }: Process): Db => {
    if (!term) throw new Error('There is no term');
    return term.fence(db);
  };

  it('belongs to the first that claims it, as long as it is renewed', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await first.renew();
    await second.renew();
    await first.renew();
    expect([first.terms.length, second.terms.length]).toEqual([1, 0]);
    expect(first.terms[0]?.isCurrent()).toBe(true);
  });

  it('is free at once when it is released', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await first.renew();
    await first.db.write((tx) => first.lease.release(tx));
    await second.renew();
    expect(second.terms).toHaveLength(1);
  });

  it('goes to another when it expires, and its former owner hears of it at its next renewal', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await first.renew();
    await expire(first);
    await second.renew();
    expect(second.terms).toHaveLength(1);
    await first.renew();
    expect(first.terms).toEqual([undefined, expect.anything()]);
  });

  it('is not current any more when nobody renews it', async () => {
    const first = await start('first', 30);
    await first.renew();
    await expect.poll(() => first.terms[0]?.isCurrent()).toBe(false);
  });

  it('lets a process that was paused write nothing after another has taken over', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await first.renew();
    const before = fenced(first);
    await before.write(addNote('before'));
    await expire(first);
    await second.renew();
    const lost = before.write(addNote('after'));
    const other = first.db.write(addNote('of a request'));
    await expect(lost).rejects.toMatchObject({ name: 'LeaseLost' });
    await other;
    await expect(before.run(sql`insert into installation values ('run', '')`)).rejects.toThrow();
    await expect(
      before.writeMany(async (tx, names: readonly string[]) => {
        for (const name of names) await addNote(name)(tx);
        return names.map((answer) => ({ answer }));
      }, 'many'),
    ).rejects.toMatchObject({ name: 'LeaseLost' });
    const names = ['before', 'after', 'of a request', 'run', 'many'];
    const written = await Promise.all(names.map((name) => hasNote(second, name)));
    expect(written).toEqual([true, false, true, false, false]);
  });

  it('lets nothing of an earlier term be written when the process has the lease again', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await first.renew();
    const before = fenced(first);
    await expire(first);
    await second.renew();
    await expire(second);
    await first.renew();
    await expect(before.write(addNote('before'))).rejects.toMatchObject({ name: 'LeaseLost' });
    await fenced(first).write(addNote('now'));
    expect(await hasNote(first, 'before')).toBe(false);
  });

  it('is not taken over while a transaction of its owner may still commit, and nobody waits for that', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await first.renew();
    let finish = () => {};
    const inside = new Promise<void>((begun) => {
      void fenced(first)
        .write(async (tx) => {
          await addNote('within')(tx);
          begun();
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
        })
        .catch(() => {});
    });
    await inside;
    await expect(expireBlocked(second)).rejects.toThrow();
    await second.renew();
    expect(second.terms).toEqual([]);
    finish();
    await expect.poll(() => hasNote(second, 'within')).toBe(true);
  });

  /** Tries to change the row of the lease, and gives up at once where that would wait. */
  const expireBlocked = ({ db }: Process) =>
    db.write((tx) => tx.all(sql`select name from leases for update nowait`));

  it('is taken over from a process that is paused within a transaction, which PostgreSQL then ends', async () => {
    const [first, second] = [await start('first', 5000), await start('second')];
    await first.renew();
    const paused = fenced(first).write(async (tx) => {
      await addNote('paused')(tx);
      await new Promise(() => {});
    });
    paused.catch(() => {});
    await expect
      .poll(
        async () => {
          await second.renew();
          return second.terms.length;
        },
        { timeout: 50_000, interval: 500 },
      )
      .toBe(1);
    expect(await hasNote(second, 'paused')).toBe(false);
    // Its connection is gone, and its job never ends: it cannot be closed in order.
    open.shift();
  });
});
