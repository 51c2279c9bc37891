/**
 * Finds events of other nodes in the log that the bus did not bring, on PostgreSQL: each second, and sooner when it is called. It asks
 * first whether anything was added, and reads then which streams were, so its cost grows with the events of a second, whatever is
 * stored and however many streams are followed.
 *
 * Ids are taken before a commit, so an entry may appear after one with a greater id. Hence a check reads again from the last id of
 * which it is certain that all transactions which took ids before it have ended.
 */
import { sql } from 'kysely';
import type { Db } from '../db/db.ts';
import type { Bus, MovedStream } from './bus.ts';

/** Entries that one query reads. */
const pageSize = 5000;
/** With more new entries than this, followers compare their streams with the log instead. */
const maxEntries = 50_000;

/** What was taken from the sequence of entries, and which transactions ran then. */
interface Observation {
  lastId: number;
  /** The oldest transaction that ran. */
  xmin: number;
  /** The next transaction. */
  xmax: number;
}

export class LogWatch {
  readonly #db: Db;
  readonly #bus: Pick<Bus, 'deliver' | 'notifyGap'>;
  /** Every entry up to this id was visible to a check; undefined at the start. */
  #seenId: number | undefined;
  /** Becomes `#seenId` when the transactions that ran then have ended. */
  #pending: Observation | undefined;

  constructor(db: Db, bus: Pick<Bus, 'deliver' | 'notifyGap'>) {
    this.#db = db;
    this.#bus = bus;
  }

  /** Announces the streams that have or may have new events. The first call announces a gap. @throws when the database fails */
  async check(): Promise<void> {
    const now = await this.#observe();
    // Only a server that took over without the last transactions goes back.
    if (this.#seenId !== undefined && now.lastId < this.#seenId) this.restart();
    if (now.lastId === this.#seenId) return;
    await this.#announce(this.#seenId, now.lastId);
    if (this.#pending && now.xmin >= this.#pending.xmax) {
      this.#seenId = this.#pending.lastId;
      this.#pending = undefined;
    }
    this.#pending ??= now;
  }

  /** Forgets what was read, so that the next check announces a gap. */
  restart(): void {
    this.#seenId = undefined;
    this.#pending = undefined;
  }

  async #observe(): Promise<Observation> {
    const row = await this.#db.get(
      sql<Observation>`select case when is_called then last_value else 0 end as "lastId",
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xmax from stream_entries_id_seq`,
    );
    if (!row) throw new Error('The sequence of entries has no row');
    return row;
  }

  async #announce(seenId: number | undefined, lastId: number): Promise<void> {
    if (seenId === undefined || lastId - seenId > maxEntries) return this.#bus.notifyGap();
    for (let after = seenId; after < lastId; after += pageSize) {
      const moved = await this.#findMoved(after, Math.min(lastId, after + pageSize));
      if (moved.length) this.#bus.deliver({ moved });
    }
  }

  #findMoved(after: number, upTo: number): Promise<MovedStream[]> {
    return this.#db.all(
      sql<MovedStream>`select name as stream, last_offset as "offset" from streams
        where id = any(array(select distinct stream_id from stream_entries where id > ${after} and id <= ${upTo}))`,
    );
  }
}
