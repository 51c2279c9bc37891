/** From a time to a position, the same on every database. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logEvent } from '../../test/log-event.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { openApp } from '../main.ts';
import { positionSince } from './position-since.ts';
import { pruneLog } from './prune.ts';
import { readHeads } from './read.ts';

const minute = 60_000;
const start = 10 * minute;

describe.each(engines)('the position of a time on %s', (engine) => {
  let fresh: Fresh;
  let app: Awaited<ReturnType<typeof openApp>>;
  let now = start;
  let streams = 0;

  beforeAll(async () => {
    fresh = await freshConfig(engine);
    app = await openApp(fresh.config, () => now);
  });
  afterAll(async () => {
    await app.close();
    await fresh.release();
  });

  /** Appends `count` events at `time` in one transaction. */
  async function append(stream: string, time: number, count = 1): Promise<void> {
    now = time;
    await app.db.write(async (tx) => {
      for (let n = 0; n < count; n++) logEvent(tx, 'message.created', [{ streams: [stream], data: {} }]);
    });
  }

  async function since(stream: string, time: number): Promise<number | undefined> {
    const head = (await readHeads(app.db, [stream])).get(stream)!;
    return positionSince(app.db, { stream, head, since: time });
  }

  it('is 0 in a stream without events', async () => {
    expect(await since('session:0', start)).toBe(0);
  });

  it('is before the events of the last transaction, whose commit may have ended later', async () => {
    await append('inbox:1', start);
    await append('inbox:1', start + 5000, 3);
    expect(await since('inbox:1', start + 10_000)).toBe(1);
    expect(await since('inbox:1', start + 30_000)).toBe(1);
  });

  it('is after events whose commit has certainly ended', async () => {
    await append('inbox:2', start);
    await append('inbox:2', start + minute);
    expect(await since('inbox:2', start + minute - 10_000)).toBe(0);
    expect(await since('inbox:2', start + 2 * minute)).toBe(1);
    expect(await since('inbox:2', start + 3 * minute)).toBe(2);
  });

  it('is undefined when the log no longer reaches back to the time', async () => {
    for (let n = 0; n < 4; n++) await append('inbox:3', start + n * 2 * minute);
    await pruneLog(app.db, { age: 1e9, events: 2 }, now);
    expect(await since('inbox:3', start)).toBeUndefined();
    expect(await since('inbox:3', start + 2 * minute + 30_000)).toBeUndefined();
    expect(await since('inbox:3', start + 4 * minute)).toBe(2);
    expect(await since('inbox:3', start + 9 * minute)).toBe(4);
  });

  it('is undefined when a part of the last transaction before it is pruned', async () => {
    await append('inbox:4', start, 4);
    await pruneLog(app.db, { age: 1e9, events: 2 }, now);
    expect(await since('inbox:4', start + 10_000)).toBeUndefined();
    expect(await since('inbox:4', start + 2 * minute)).toBe(4);
  });

  it('never skips an event that was committed later, in a log of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            pause: fc.nat(90_000),
            commit: fc.nat(40_000),
            count: fc.integer({ min: 1, max: 90 }),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.nat(400_000),
        async (transactions, asked) => {
          const stream = `inbox:${1000 + streams++}`;
          const committed: number[] = [];
          let time = start;
          for (const { pause, commit, count } of transactions) {
            time += pause;
            await append(stream, time, count);
            // The next transaction gets the lock of the stream when this one has ended.
            time += commit;
            for (let n = 0; n < count; n++) committed.push(time);
          }
          const first = committed.findIndex((end) => end >= start + asked);
          const missed = first < 0 ? committed.length : first;
          const position = (await since(stream, start + asked))!;
          expect(position).toBeLessThanOrEqual(missed);
          // Repeats are those of one transaction, and of the time by which clocks may differ.
          const told = committed.slice(position, missed);
          expect(new Set(told.filter((end) => end < start + asked - 3000)).size).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: engine === 'sqlite' ? 60 : 15 },
    );
  });
});
