/** What a block of rows says: the places of each gram, by account. */
import { sql } from 'kysely';
import type { Sql } from '../db.ts';
import { openTimeSlice } from '../time-slice.ts';
import { toGrams } from './grams.ts';
import { PostingList, toFirstId } from './posting-list.ts';
import type { SearchedTable } from './searched-tables.ts';

/** Places by gram, and by the names below. */
export type PostingLists = Map<string, PostingList>;

/** No gram begins with a blank. */
export const looseName = ' *';
export const inboxName = (inbox_id: number): string => ` ${inbox_id}`;

/**
 * Texts that are longer, and those of an account that has fewer in a block, are in no list of a gram: the search looks at each
 * of these loose ones.
 */
const longest = 16_384;
const fewest = 24;

const rowsAtOnce = 256;

export async function readBlock(
  db: Sql,
  noun: SearchedTable,
  block: number,
): Promise<Map<number, PostingLists>> {
  const turns = openTimeSlice();
  const accounts = new Map<number, AccountLists>();
  const until = toFirstId(block + 1);
  for (let from = toFirstId(block), isLeft = true; isLeft; ) {
    const rows = await db.all(readRows(noun, from, until));
    for (const { id, account_id, inbox_id, text } of rows) {
      const lists = accounts.get(account_id) ?? new AccountLists();
      accounts.set(account_id, lists);
      lists.add(id - toFirstId(block), inbox_id, noun.toSearchable(text));
      from = id + 1;
      await turns.yieldWhenUsed();
    }
    isLeft = rows.length === rowsAtOnce;
  }
  return new Map([...accounts].map(([account_id, lists]) => [account_id, lists.end()]));
}

const readRows = ({ table, inbox_id, text, where }: SearchedTable, from: number, until: number) =>
  sql<{ id: number; account_id: number; inbox_id: number; text: string }>`
    select id, account_id, ${inbox_id} as inbox_id, ${text} as text from ${table}
    where id >= ${from} and id < ${until} and ${where} order by id limit ${sql.lit(rowsAtOnce)}`;

class AccountLists {
  readonly #lists: PostingLists = new Map();
  readonly #parts = new Map<string, PostingList[]>();
  readonly #loose: number[] = [];
  /** Undefined once there are enough of them. */
  #few: [place: number, text: string][] | undefined = [];

  add(place: number, inbox_id: number, text: string): void {
    this.#placesOf(inboxName(inbox_id)).add(place);
    if (text.length > longest) this.#loose.push(place);
    else if (!this.#few) this.#addGrams(place, text);
    else if (this.#few.push([place, text]) === fewest) {
      for (const few of this.#few) this.#addGrams(...few);
      this.#few = undefined;
    }
  }

  end(): PostingLists {
    const loose = [...this.#loose, ...(this.#few ?? []).map(([place]) => place)].sort((a, b) => a - b);
    for (const place of loose) this.#placesOf(looseName).add(place);
    return this.#lists;
  }

  #addGrams(place: number, text: string): void {
    for (const part of text.split(' ')) for (const places of this.#placesOfPart(part)) places.add(place);
  }

  /** The places of the grams of a part; most parts of a block are words that come again. */
  #placesOfPart(part: string): PostingList[] {
    let known = this.#parts.get(part);
    if (!known) {
      known = [...new Set(toGrams(part))].map((gram) => this.#placesOf(gram));
      this.#parts.set(part, known);
    }
    return known;
  }

  #placesOf(name: string): PostingList {
    let places = this.#lists.get(name);
    if (!places) {
      places = new PostingList();
      this.#lists.set(name, places);
    }
    return places;
  }
}
