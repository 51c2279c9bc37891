/**
 * Free space of the database. SQLite reuses pages of deleted rows, and gives them back to the file system only when it is told
 * to; PostgreSQL does both by autovacuum.
 */
import { sql } from 'kysely';
import type { Db, Sql } from './db.ts';

/** In bytes. */
export interface DatabaseSpace {
  /** The whole database with its free space. */
  size: number;
  /** Pages without content; 0 on PostgreSQL, which does not count them. */
  free: number;
}

export async function readSpace(db: Sql): Promise<DatabaseSpace> {
  const space = await db.get(
    db.dialect === 'sqlite'
      ? sql<DatabaseSpace>`select page_count * page_size as size, freelist_count * page_size as free
          from pragma_page_count, pragma_page_size, pragma_freelist_count`
      : sql<DatabaseSpace>`select pg_database_size(current_database()) as size, 0 as free`,
  );
  return space ?? { size: 0, free: 0 };
}

/** Pages that one transaction gives back: about a millisecond. */
const pagesPerStep = 50;
/** Pages of one run, 8 MB. */
const stepsPerRun = 40;
/** Free pages that new rows may use soon: an eighth of the file, and at least 1 MB. */
const reserveOf = ({ size }: DatabaseSpace) => Math.max(size / 8, 1024 * 1024);

/**
 * Gives free pages of SQLite's file back, except a reserve for new rows, in short transactions.
 * @returns bytes
 */
export async function giveBackSpace(db: Db): Promise<number> {
  if (!(await canGiveBack(db))) return 0;
  const before = await readSpace(db);
  for (let step = 0; step < stepsPerRun; step++) {
    const space = await readSpace(db);
    if (space.free <= reserveOf(space)) break;
    await db.write((tx) => tx.all(sql`pragma incremental_vacuum(${sql.lit(pagesPerStep)})`));
  }
  return before.size - (await readSpace(db)).size;
}

/** Free space of a file that cannot shrink, from which on an administrator is told of it. */
const notableBytes = 64 * 1024 * 1024;

/** The advice for a file of an older version that has much free space; undefined for every other database. */
export async function findVacuumAdvice(db: Db): Promise<string | undefined> {
  if (db.dialect !== 'sqlite') return undefined;
  const [{ free }, canShrink] = [await readSpace(db), await canGiveBack(db)];
  if (!needsVacuum({ freeBytes: free, canShrink })) return undefined;
  const megabytes = Math.round(free / 1024 / 1024);
  return `${megabytes} MB of the database are free for new rows; to give them back to the disk, stop the server and run hoory vacuum`;
}

/** Whether a SQLite file has much free space that only `hoory vacuum` gives back to the disk. */
export const needsVacuum = ({ freeBytes, canShrink }: { freeBytes: number; canShrink: boolean }): boolean =>
  !canShrink && freeBytes >= notableBytes;

/** Whether the file can shrink: a SQLite file of an older version cannot before `hoory vacuum`. */
async function canGiveBack(db: Sql): Promise<boolean> {
  if (db.dialect !== 'sqlite') return false;
  const mode = await db.get(sql<{ auto_vacuum: number }>`select auto_vacuum from pragma_auto_vacuum`);
  return mode?.auto_vacuum === incrementalVacuum;
}

/** SQLite's number for `auto_vacuum = incremental`. */
export const incrementalVacuum = 2;
