/** What the event log promises, the same on every database. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logEvent } from '../../test/log-event.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { openApp } from '../main.ts';
import type { Notice, Recorded } from './bus.ts';
import { conversationEvent } from './domain-events.ts';
import { streamOf } from './emit.ts';
import { openListeners } from './listeners.ts';
import { pruneLog } from './prune.ts';
import { readAfter, readHeads } from './read.ts';

const streams = [streamOf.session(1), streamOf.inbox(2), streamOf.account(3)];
const [session, inbox, account] = streams as [string, string, string];

describe.each(engines)('the event log on %s', (engine) => {
  let fresh: Fresh;
  let app: Awaited<ReturnType<typeof openApp>>;
  let now = 1_000_000;

  beforeEach(async () => {
    now = 1_000_000;
    fresh = await freshConfig(engine);
    app = await openApp(fresh.config, () => now);
  });

  afterEach(async () => {
    await app.close();
    await fresh.release();
  });

  /** Emits `data` to the streams `to` in one transaction. */
  const tell = (to: readonly string[], data: object) =>
    app.db.write(async (tx) => logEvent(tx, 'message.created', [{ streams: to, data }]));

  const offsets = async (stream: string) =>
    (await readAfter(app.db, stream, 0, 1000)).map(({ offset }) => offset);

  it('numbers each stream from 1 without a gap under 50 writers at once', async () => {
    const audiences = [[session, inbox, account], [account, inbox], [inbox], [account, session]];
    const writers = Array.from({ length: 50 }, (_, writer) => writer);
    await Promise.all(
      writers.map(async (writer) => {
        for (let turn = 0; turn < 4; turn++)
          await tell(audiences[(writer + turn) % 4] as string[], { writer, turn });
      }),
    );
    const counts = { [session]: 100, [inbox]: 150, [account]: 150 };
    for (const [stream, count] of Object.entries(counts)) {
      expect(await offsets(stream)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    }
    expect(await readHeads(app.db, streams)).toEqual(
      new Map(Object.entries(counts).map(([stream, last]) => [stream, { last, pruned: 0, prunedAt: 0 }])),
    );
  });

  it('shows nothing behind an offset that a reader has already seen', async () => {
    let writing = true;
    const seen: number[] = [];
    const reader = (async () => {
      for (let last = false; !last; ) {
        last = !writing;
        for (const { offset } of await readAfter(app.db, inbox, seen.at(-1) ?? 0, 10)) seen.push(offset);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all(Array.from({ length: 200 }, (_, index) => tell([inbox, `user:${index % 5}`], {})));
    writing = false;
    await reader;
    while (seen.length < 200) {
      const more = await readAfter(app.db, inbox, seen.at(-1) ?? 0, 100);
      if (!more.length) break;
      seen.push(...more.map(({ offset }) => offset));
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it('keeps the order of the events of one transaction', async () => {
    await app.db.write(async (tx) => {
      logEvent(tx, 'conversation.created', [{ streams: [inbox], data: { n: 1 } }]);
      logEvent(tx, 'message.created', [{ streams: [inbox], data: { n: 2 } }]);
      logEvent(tx, 'message.updated', [{ streams: [inbox], data: { n: 3 } }]);
    });
    const entries = await readAfter(app.db, inbox, 0, 10);
    expect(entries.map(({ offset, event }) => [offset, event])).toEqual([
      [1, 'conversation.created'],
      [2, 'message.created'],
      [3, 'message.updated'],
    ]);
  });

  it('gives each audience its own payload, and logs nothing for an audience without streams', async () => {
    await app.db.write(async (tx) =>
      logEvent(tx, 'message.created', [
        { streams: [inbox, account], data: { id: 1, secret: true } },
        { streams: [session], data: { id: 1, text: 'ü"\u2028' } },
        { streams: [], data: { never: true } },
      ]),
    );
    const payload = async (stream: string) =>
      JSON.parse((await readAfter(app.db, stream, 0, 1))[0]?.payload as string);
    expect(await payload(session)).toEqual({ event: 'message.created', data: { id: 1, text: 'ü"\u2028' } });
    expect(await payload(inbox)).toEqual({ event: 'message.created', data: { id: 1, secret: true } });
    expect(await payload(account)).toEqual(await payload(inbox));
    expect(await app.db.all(app.db.q.selectFrom('streams').select('name').orderBy('name'))).toHaveLength(3);
  });

  it('logs nothing of a transaction that rolled back, and leaves no gap', async () => {
    await tell([inbox], { n: 1 });
    const failed = app.db.write(async (tx) => {
      logEvent(tx, 'message.created', [{ streams: [inbox, session], data: { n: 2 } }]);
      await tx.run(sql`insert into nowhere values (1)`);
    });
    await expect(failed).rejects.toThrow(/nowhere/);
    await tell([inbox], { n: 3 });
    expect(await offsets(inbox)).toEqual([1, 2]);
    expect(await offsets(session)).toEqual([]);
  });

  it('publishes on the bus after the commit exactly what the log contains', async () => {
    const told: Recorded[] = [];
    const committed: Promise<number[]>[] = [];
    app.bus.subscribe((notice: Notice) => {
      if (!('recorded' in notice)) return;
      told.push(...notice.recorded);
      committed.push(offsets(inbox));
    });
    await tell([inbox, session], { n: 1 });
    const [entry] = await readAfter(app.db, inbox, 0, 1);
    const { event, payload } = entry as { event: string; payload: string };
    expect(told).toEqual([
      { stream: inbox, offset: 1, event, payload },
      { stream: session, offset: 1, event, payload },
    ]);
    expect(await Promise.all(committed)).toEqual([[1]]);
  });

  it('reads after a position, up to the limit', async () => {
    for (let n = 1; n <= 5; n++) await tell([inbox], { n });
    const page = async (after: number, limit: number) =>
      (await readAfter(app.db, inbox, after, limit)).map(({ offset }) => offset);
    expect(await page(0, 2)).toEqual([1, 2]);
    expect(await page(2, 10)).toEqual([3, 4, 5]);
    expect(await page(5, 10)).toEqual([]);
    expect(await readAfter(app.db, 'inbox:99', 0, 10)).toEqual([]);
  });

  it('reads the heads of streams; a stream without events is at 0', async () => {
    await tell([inbox], {});
    expect(await readHeads(app.db, [session, inbox])).toEqual(
      new Map([
        [session, { last: 0, pruned: 0, prunedAt: 0 }],
        [inbox, { last: 1, pruned: 0, prunedAt: 0 }],
      ]),
    );
    expect(await readHeads(app.db, [])).toEqual(new Map());
  });

  describe('pruned', () => {
    it('keeps the newest events of each stream and stores the pruned offset', async () => {
      for (let n = 1; n <= 5; n++) await tell([inbox], { n });
      await tell([session], {});
      expect(await pruneLog(app.db, { age: 1e9, events: 2 }, now)).toBe(3);
      expect(await offsets(inbox)).toEqual([4, 5]);
      expect(await offsets(session)).toEqual([1]);
      expect((await readHeads(app.db, [inbox])).get(inbox)).toMatchObject({ last: 5, pruned: 3 });
      expect(await pruneLog(app.db, { age: 1e9, events: 2 }, now)).toBe(0);
    });

    it('deletes events that are too old', async () => {
      for (const time of [1000, 2000, 3000]) {
        now = time;
        await tell([inbox], {});
      }
      expect(await pruneLog(app.db, { age: 1000, events: 100 }, 3500)).toBe(2);
      expect(await offsets(inbox)).toEqual([3]);
    });

    it('keeps an event while another stream has an entry of it, and deletes it with its last entry', async () => {
      for (let n = 1; n <= 3; n++) await tell([inbox, session], { n });
      for (let n = 4; n <= 5; n++) await tell([inbox], { n });
      const kept = async () => (await app.db.all(app.db.q.selectFrom('events').select('id'))).length;
      expect(await pruneLog(app.db, { age: 1e9, events: 2 }, now)).toBe(4);
      expect(await offsets(inbox)).toEqual([4, 5]);
      expect(await offsets(session)).toEqual([2, 3]);
      expect(await kept()).toBe(4);
      await pruneLog(app.db, { age: 1e9, events: 1 }, now);
      expect(await kept()).toBe(2);
    });

    it('continues the offsets of a stream, also when all its entries are pruned', async () => {
      await tell([inbox], {});
      await tell([inbox], {});
      await pruneLog(app.db, { age: 0, events: 1 }, now + 1);
      expect(await offsets(inbox)).toEqual([]);
      await tell([inbox], {});
      expect(await offsets(inbox)).toEqual([3]);
      expect((await readHeads(app.db, [inbox])).get(inbox)).toMatchObject({ last: 3, pruned: 2 });
    });
  });

  const updated = conversationEvent(
    'message_updated',
    { id: 5, account_id: 1, inbox_id: 2 },
    { message_id: 3 },
  );

  it('passes prefetched data to a listener, and undefined without a prefetch', async () => {
    const listeners = openListeners();
    const calls: unknown[] = [];
    listeners.add({ handle: async () => void calls.push('plain') });
    listeners.add({
      prefetch: async (_tx, ids) => ids.map((id) => id * 10),
      handle: async (_tx, _events, prefetched) => void calls.push(prefetched),
    });
    await app.db.write(async (tx) => {
      const prefetched = await listeners.prefetch(tx, [5, 6]);
      expect(calls).toEqual([]);
      await listeners.notify(tx, [updated], prefetched);
      await listeners.notify(tx, [updated]);
    });
    expect(calls).toEqual(['plain', [50, 60], 'plain', undefined]);
  });

  it('lets listeners write in the transaction of the event, and roll it back', async () => {
    const listeners = openListeners();
    const names: string[] = [];
    listeners.add({
      handle: async (tx, events) => {
        names.push(...events.map(({ event }) => event));
        logEvent(tx, 'webhook.queued', [{ streams: [account], data: {} }]);
      },
    });
    await app.db.write((tx) => listeners.notify(tx, [updated]));
    await app.db.write((tx) => listeners.notify(tx, []));
    listeners.add({
      handle: async () => {
        throw new Error('listener broke');
      },
    });
    await expect(app.db.write((tx) => listeners.notify(tx, [updated]))).rejects.toThrow('listener broke');
    expect(names).toEqual(['message_updated', 'message_updated']);
    expect(await offsets(account)).toEqual([1]);
  });
});
