import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logEvent } from '../../test/log-event.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import type { App } from '../app.ts';
import { openApp } from '../main.ts';
import type { Notice } from './bus.ts';
import { LogWatch } from './log-watch.ts';

describe.skipIf(!engines.includes('postgres'))('the watch of the log', () => {
  let fresh: Fresh;
  let app: App & { close(): Promise<void> };
  let watch: LogWatch;
  let moved: Record<string, number>;
  let gaps: number;

  beforeEach(async () => {
    fresh = await freshConfig('postgres');
    app = await openApp(fresh.config);
    moved = {};
    gaps = 0;
    watch = new LogWatch(app.db, {
      deliver: (notice: Notice) => {
        if ('moved' in notice) for (const { stream, offset } of notice.moved) moved[stream] = offset;
      },
      notifyGap: () => gaps++,
    });
  });
  afterEach(async () => {
    await app.close();
    await fresh.release();
  });

  const log = (...streams: string[]) =>
    app.db.write(async (tx) => logEvent(tx, 'message.created', [{ streams, data: {} }]));

  /** Runs checks until the watch has nothing more to read. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 4; round++) await watch.check();
    moved = {};
    gaps = 0;
  }

  it('announces a gap at first, and then the streams that have new events', async () => {
    await log('a', 'b');
    await watch.check();
    expect(gaps).toBeGreaterThan(0);
    await settle();
    await log('b');
    await log('b', 'c');
    await watch.check();
    expect(moved).toEqual({ b: 3, c: 1 });
    await settle();
    await watch.check();
    expect(moved).toEqual({});
    expect(gaps).toBe(0);
  });

  it('finds an event that was committed after others with greater ids', async () => {
    await log('slow', 'quick');
    await settle();
    const client = new pg.Client({ connectionString: fresh.config.databaseUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(
        "insert into events (id, event, entries, created_at, payload) values (nextval('events_id_seq'), 'x', 1, 1, '{}')",
      );
      await client.query(
        `with moved as (update streams set last_offset = last_offset + 1, last_entry_id = nextval('stream_entries_id_seq')
            where name = 'slow' returning *)
          insert into stream_entries (id, stream_id, stream_offset, previous_id, event_id)
          select last_entry_id, id, last_offset, before_entry_id, currval('events_id_seq') from moved`,
      );
      for (let round = 0; round < 5; round++) {
        await log('quick');
        await watch.check();
      }
      expect(moved).toEqual({ quick: 6 });
      await client.query('commit');
      await watch.check();
      expect(moved.slow).toBe(2);
    } finally {
      await client.end();
    }
    expect(gaps).toBe(0);
  });

  it('announces a gap when the log is shorter than it was, as after a failover that lost transactions', async () => {
    await log('a');
    await log('a');
    await settle();
    await app.db.run(sql`select setval('stream_entries_id_seq', 1)`);
    await watch.check();
    expect(gaps).toBe(1);
  });
});
