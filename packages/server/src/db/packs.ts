/**
 * Packs: payloads of many older rows in one compressed text. Payloads repeat each other, and 64 of them take a seventeenth of
 * their bytes when compressed together (decisions.md 16). A row has its payload, or the id of its pack and an empty payload.
 */
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { sql } from 'kysely';
import type { Db, Sql, Tx } from './db.ts';
import { forUpdate, isAnyOf } from './dialect.ts';
import { newId } from './new-ids.ts';
import type { PackRow } from './tables.ts';

/** A row of a table whose payloads are packed. */
export interface PackableRow {
  id: number;
  pack_id: number | null;
  /** JSON text, or empty. */
  payload: string;
}

/** Rows of one pack at most. */
export const maxPackRows = 64;
/** A pack is complete when its payloads have this number of characters, however few rows they are. */
const maxPackChars = 160_000;

/** A table whose payloads are packed. */
export interface PackedTable {
  noun: 'events' | 'webhook_deliveries';
  /** The rows to be packed next, in their order, at most `maxPackRows`. */
  listNext(db: Db): Promise<PayloadRow[]>;
}

type PayloadRow = Pick<PackableRow, 'id' | 'payload'>;

/** Packs of one run, so that a server with a large backlog stops soon. Each second, this is more than a busy server needs. */
const maxPacksPerRun = 200;

/**
 * Packs rows of a table while there are enough of them for a complete pack. Compresses outside of the transaction, in a thread of
 * Node's pool.
 * @returns number of packs
 */
export async function packRows(db: Db, table: PackedTable): Promise<number> {
  for (let packs = 0; packs < maxPacksPerRun; packs++) {
    const rows = takeWhole(await table.listNext(db));
    if (!rows || !(await packOnce(db, table.noun, rows))) return packs;
  }
  return maxPacksPerRun;
}

/** The first rows that make a complete pack; undefined when there are too few. */
function takeWhole<Row extends PayloadRow>(rows: readonly Row[]): Row[] | undefined {
  let chars = 0;
  const full = rows.findIndex(({ payload }, index) => {
    chars += payload.length;
    return chars >= maxPackChars || index === maxPackRows - 1;
  });
  return full < 0 ? undefined : rows.slice(0, full + 1);
}

/** @returns false when a row has changed meanwhile; nothing is written then */
async function packOnce(db: Db, noun: PackedTable['noun'], rows: readonly PayloadRow[]): Promise<boolean> {
  const texts = await compress(new Map(rows.map(({ id, payload }) => [id, payload])));
  const ids = rows.map(({ id }) => id);
  return db.write(async (tx) => {
    const stored = await tx.all(
      sql<PayloadRow>`select id, payload from ${sql.table(noun)} where ${isAnyOf(tx, 'id', ids)} ${forUpdate(tx)}`,
    );
    const current = new Map(stored.map(({ id, payload }) => [id, payload]));
    if (!rows.every(({ id, payload }) => current.get(id) === payload)) return false;
    const pack_id = await newId(tx, 'packs');
    const pack = { id: pack_id, noun, last_id: Math.max(...ids), row_count: rows.length, texts };
    await tx.run(tx.q.insertInto('packs').values(pack));
    await moveToPack(tx, noun, { ids, pack_id });
    return true;
  });
}

/**
 * Gives rows an empty payload and a pack. SQLite does not free the space of a row that gets smaller until its page is empty, so
 * there the rows are deleted and inserted again.
 */
async function moveToPack(
  tx: Tx,
  noun: PackedTable['noun'],
  { ids, pack_id }: { ids: readonly number[]; pack_id: number },
): Promise<void> {
  const isMoved = isAnyOf(tx, 'id', ids);
  if (tx.dialect === 'postgres') {
    await tx.run(tx.q.updateTable(noun).set({ payload: '', pack_id }).where(isMoved));
    return;
  }
  const rows = await tx.all(tx.q.deleteFrom(noun).where(isMoved).returningAll());
  await tx.insertMany(
    noun,
    rows.map((row) => ({ ...row, payload: '', pack_id })),
  );
}

/** The greatest id of a table that is in a pack, 0 when there is none. */
export async function findLastPacked(db: Sql, noun: PackedTable['noun']): Promise<number> {
  const newest = db.q.selectFrom('packs').select('last_id').where('noun', '=', noun);
  return (await db.get(newest.orderBy('last_id', 'desc').limit(1)))?.last_id ?? 0;
}

/**
 * The rows with their payloads.
 * @returns undefined when a pack was deleted, or a row was taken out of it, after the rows were read: they must be read again
 */
async function withPayloads<Row extends PackableRow>(
  db: Sql,
  rows: readonly Row[],
): Promise<Row[] | undefined> {
  if (!rows.some(isPacked)) return [...rows];
  const payloads = await readPacks(db, rows);
  const whole = rows.map((row) => ({ ...row, payload: isPacked(row) ? payloads.get(row.id) : row.payload }));
  return whole.every((row): row is Row & { payload: string } => row.payload !== undefined)
    ? whole
    : undefined;
}

/** How often rows are read again whose packs change meanwhile. */
const maxReads = 10;

/** Reads rows with their payloads. @throws Error when a payload is in no pack */
export async function readWithPayloads<Row extends PackableRow>(
  db: Sql,
  read: () => Promise<Row[]>,
): Promise<Row[]> {
  for (let reads = 0; reads < maxReads; reads++) {
    const rows = await withPayloads(db, await read());
    if (rows) return rows;
  }
  throw new Error('A payload is in no pack');
}

const isPacked = ({ pack_id }: Pick<PackableRow, 'pack_id'>): boolean => pack_id !== null;

type RowInPack = Pick<PackableRow, 'id' | 'pack_id'>;

/** The payloads of packed rows by their ids, with those of the other rows of their packs. */
async function readPacks(db: Sql, rows: readonly RowInPack[]): Promise<Map<number, string>> {
  const payloads = new Map<number, string>();
  const packs = await db.all(
    db.q
      .selectFrom('packs')
      .select('texts')
      .where(isAnyOf(db, 'id', [...groupByPack(rows).keys()])),
  );
  for (const texts of await Promise.all(packs.map((pack) => decompress(pack.texts))))
    for (const [id, payload] of texts) payloads.set(id, payload);
  return payloads;
}

/** Counts rows out of their packs that were deleted because of their age. Their payloads go with the last row of the pack. */
export async function releasePacked(tx: Tx, rows: readonly RowInPack[]): Promise<void> {
  const packs = groupByPack(rows);
  if (!packs.size) return;
  for (const [id, ids] of packs)
    await tx.run(
      tx.q
        .updateTable('packs')
        .set((on) => ({ row_count: on('row_count', '-', ids.length) }))
        .where('id', '=', id),
    );
  const isEmptied = isAnyOf(tx, 'id', [...packs.keys()]);
  await tx.run(tx.q.deleteFrom('packs').where(isEmptied).where('row_count', '<=', 0));
}

/** Erases the payloads of rows from their packs. */
export async function erasePacked(tx: Tx, rows: readonly RowInPack[]): Promise<void> {
  for (const [pack_id, ids] of groupByPack(rows)) {
    const pack: PackRow | undefined = await tx.get(
      sql<PackRow>`select * from packs where id = ${pack_id} ${forUpdate(tx)}`,
    );
    if (!pack) continue;
    const texts = await decompress(pack.texts);
    for (const id of ids) texts.delete(id);
    const row_count = pack.row_count - ids.length;
    if (row_count <= 0) await tx.run(tx.q.deleteFrom('packs').where('id', '=', pack_id));
    else {
      const changes = { row_count, texts: await compress(texts) };
      await tx.run(tx.q.updateTable('packs').set(changes).where('id', '=', pack_id));
    }
  }
}

/** Ids of rows by pack, each once. */
function groupByPack(rows: readonly RowInPack[]): Map<number, number[]> {
  const packs = new Map<number, number[]>();
  const packed = new Map(rows.map(({ id, pack_id }) => [id, pack_id]));
  for (const [id, pack_id] of packed)
    if (pack_id !== null) packs.set(pack_id, [...(packs.get(pack_id) ?? []), id]);
  return packs;
}

const toBrotli = promisify(brotliCompress);
const fromBrotli = promisify(brotliDecompress);

/** Quality 4 takes half of the time of 5, for a tenth more bytes (decisions.md 16). */
const quality = 4;

/** Lines of an id and a payload: no JSON text contains a line end. */
async function compress(payloads: ReadonlyMap<number, string>): Promise<Buffer> {
  const lines = Buffer.from([...payloads].map(([id, payload]) => `${id} ${payload}`).join('\n'));
  return toBrotli(lines, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_SIZE_HINT]: lines.length,
    },
  });
}

async function decompress(texts: Buffer): Promise<Map<number, string>> {
  const lines = (await fromBrotli(texts)).toString().split('\n');
  return new Map(lines.map((line) => [Number.parseInt(line, 10), line.replace(/^\d+ /, '')]));
}
