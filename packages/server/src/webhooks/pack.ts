/** Packs payloads of settled deliveries, which only the ledger and a replay still read (db/packs.ts). */
import type { Db } from '../db/db.ts';
import { packRows } from '../db/packs.ts';
import { listUnpacked } from './store.ts';

/** Milliseconds after the outcome. */
const packAfterMs = 60_000;

/** Packs deliveries until less than a complete pack is old enough. @param now in milliseconds @returns number of packs */
export const packDeliveries = (db: Db, now: number): Promise<number> =>
  packRows(db, {
    noun: 'webhook_deliveries',
    listNext: () => listUnpacked(db, now - packAfterMs),
  });
