/** Builds the posting lists of a block of rows: the positions of each gram, by account. */
import { sql } from 'kysely';
import type { Sql } from '../db.ts';
import { openTimeSlice } from '../time-slice.ts';
import { toGrams } from './grams.ts';
import { PostingList, toFirstId } from './posting-list.ts';
import type { SearchedTable } from './searched-tables.ts';

/** Posting lists by gram, and by the names below. */
export type PostingLists = Map<string, PostingList>;

/** Name of the list of rows whose text is in no list of a gram. No gram begins with a blank, so it cannot be one. */
export const looseName = ' *';
/** Name of the list of the rows of an inbox. */
export const inboxName = (inbox_id: number): string => ` ${inbox_id}`;

/**
 * Longer texts, in characters, and the texts of an account that has fewer rows in a block are in no list of a gram: the search reads
 * each of these loose rows.
 */
const maxIndexedLength = 16_384;
const minIndexedRows = 24;

const rowsPerRead = 32;

/** Reads the rows of a block and builds their posting lists, by account id. Yields the main thread every few milliseconds. */
export async function readBlock(
  db: Sql,
  noun: SearchedTable,
  block: number,
): Promise<Map<number, PostingLists>> {
  const timeSlice = openTimeSlice();
  const accounts = new Map<number, AccountLists>();
  const until = toFirstId(block + 1);
  for (let from = toFirstId(block), isLeft = true; isLeft; ) {
    const rows = await db.all(readRows(noun, from, until));
    for (const { id, account_id, inbox_id, text } of rows) {
      const lists = accounts.get(account_id) ?? new AccountLists();
      accounts.set(account_id, lists);
      lists.add(id - toFirstId(block), inbox_id, noun.toSearchable(text));
      from = id + 1;
      await timeSlice.yieldWhenUsed();
    }
    isLeft = rows.length === rowsPerRead;
  }
  return new Map([...accounts].map(([account_id, lists]) => [account_id, lists.end()]));
}

const readRows = ({ table, inbox_id, text, where }: SearchedTable, from: number, until: number) =>
  sql<{ id: number; account_id: number; inbox_id: number; text: string }>`
    select id, account_id, ${inbox_id} as inbox_id, ${text} as text from ${table}
    where id >= ${from} and id < ${until} and ${where} order by id limit ${sql.lit(rowsPerRead)}`;

/** Collects the lists of one account in one block. Rows must be added in the order of their positions. */
class AccountLists {
  readonly #lists: PostingLists = new Map();
  readonly #parts = new Map<string, PostingList[]>();
  readonly #loose: number[] = [];
  /** Rows that wait until there are `minIndexedRows`; undefined afterwards. */
  #waiting: [position: number, text: string][] | undefined = [];

  add(position: number, inbox_id: number, text: string): void {
    this.#listOf(inboxName(inbox_id)).add(position);
    if (text.length > maxIndexedLength) this.#loose.push(position);
    else if (!this.#waiting) this.#addGrams(position, text);
    else if (this.#waiting.push([position, text]) === minIndexedRows) {
      for (const row of this.#waiting) this.#addGrams(...row);
      this.#waiting = undefined;
    }
  }

  /** The finished lists. No row may be added afterwards. */
  end(): PostingLists {
    const waiting = (this.#waiting ?? []).map(([position]) => position);
    const loose = [...this.#loose, ...waiting].sort((a, b) => a - b);
    for (const position of loose) this.#listOf(looseName).add(position);
    return this.#lists;
  }

  #addGrams(position: number, text: string): void {
    for (const part of text.split(' ')) for (const list of this.#listsOfPart(part)) list.add(position);
  }

  /** The lists of the grams of a part, cached: most parts of a block are words that occur several times. */
  #listsOfPart(part: string): PostingList[] {
    let lists = this.#parts.get(part);
    if (!lists) {
      lists = [...new Set(toGrams(part))].map((gram) => this.#listOf(gram));
      this.#parts.set(part, lists);
    }
    return lists;
  }

  #listOf(name: string): PostingList {
    let list = this.#lists.get(name);
    if (!list) {
      list = new PostingList();
      this.#lists.set(name, list);
    }
    return list;
  }
}
