/** Packs payloads of the log that few clients still ask for (db/packs.ts). */
import type { Db } from '../db/db.ts';
import { packRows } from '../db/packs.ts';
import { listUnpacked } from './store.ts';

/** Milliseconds. Most clients that reconnect were away for less, and read their events without unpacking any. */
const packAfterMs = 60_000;

/** Packs events until less than a complete pack is old enough. @param now in milliseconds @returns number of packs */
export const packLog = (db: Db, now: number): Promise<number> =>
  packRows(db, {
    noun: 'events',
    listNext: async () => {
      const events = await listUnpacked(db);
      const young = events.findIndex(({ created_at }) => created_at > now - packAfterMs);
      return young < 0 ? events : events.slice(0, young);
    },
  });
