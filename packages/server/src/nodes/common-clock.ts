/**
 * The clock that all nodes of a database have in common: the database's. Nodes store times that other nodes compare with their own:
 * when a delivery is due, until when it is claimed, when a snooze ends. The clock of a machine may be wrong by hours.
 */
import { sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import type { Log } from '../log.ts';
import { databaseNow } from './store.ts';

/** Smaller differences are left alone: every reading has an error, and the time should not jump with each of them. */
const toleranceMs = 1000;
/** After a longer wait for the answer its time says little. */
const maxRoundTripMs = 1000;

export class CommonClock {
  readonly #machineNow: () => number;
  readonly #log: Log;
  #aheadMs = 0;

  /** @param machineNow the clock of this machine, in milliseconds */
  constructor(machineNow: () => number, log: Log) {
    this.#machineNow = machineNow;
    this.#log = log;
  }

  /** Milliseconds since 1970. */
  readonly now = (): number => this.#machineNow() + this.#aheadMs;

  /** Compares with the clock of the database, and follows it when they differ. */
  async adjust(db: Sql): Promise<void> {
    const [sentAt, startedAtMs] = [this.#machineNow(), performance.now()];
    const row = await db.get(sql<{ now: number }>`select ${databaseNow()} as now`);
    const roundTripMs = performance.now() - startedAtMs;
    if (!row || roundTripMs > maxRoundTripMs) return;
    const aheadMs = Math.round(row.now - (sentAt + roundTripMs / 2));
    if (Math.abs(aheadMs - this.#aheadMs) <= toleranceMs) return;
    this.#aheadMs = aheadMs;
    this.#log.warn(
      { seconds: Math.round(aheadMs / 1000) },
      'the clocks of this machine and of the database differ, and the server uses that of the database',
    );
  }
}
