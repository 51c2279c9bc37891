/** Rows of indexed blocks that may say what is asked, by the lists of their grams. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from './db.ts';
import { isAnyOf, isAnyTextOf } from './dialect.ts';
import { inboxName, looseName } from './search-block.ts';
import type { Noun } from './search-nouns.ts';
import { blockSize, both, firstOf, inAll, inAny, placesIn } from './search-places.ts';
import { type Key, keyOf, type Question } from './search-terms.ts';

export interface CandidateScope {
  account_id: number;
  question: Question;
  inboxes?: readonly number[];
  blocks: readonly number[];
}

interface ListRow {
  block: number;
  gram: string;
  places: string;
}

/** Ids by block, falling. Some of these rows may not say it; no other row of the blocks does. */
export async function candidatesIn(
  db: Sql,
  noun: Noun,
  scope: CandidateScope,
): Promise<Map<number, number[]>> {
  if (!scope.blocks.length) return new Map();
  const ways = scope.question.map((words) => words.map(keyOf));
  const rows = await db.all(readLists(db, noun, scope, ways.flat()));
  const changed = await changedIds(db, noun, scope);
  const listsOf = new Map(scope.blocks.map((block) => [block, new Map<string, string>()]));
  for (const { block, gram, places } of rows) listsOf.get(block)?.set(gram, places);
  return new Map(
    [...listsOf].map(([block, lists]) => {
      const first = firstOf(block);
      const also = changed.filter((id) => id >= first && id < first + blockSize).map((id) => id - first);
      const places = inAny([placesOf(lists, ways, scope.inboxes), also]);
      return [block, places.reverse().map((place) => first + place)];
    }),
  );
}

function placesOf(
  lists: ReadonlyMap<string, string>,
  ways: readonly (readonly Key[])[],
  inboxes: readonly number[] | undefined,
): number[] {
  const loose = placesIn(lists.get(looseName) ?? '');
  const said = inAny([loose, ...ways.map((keys) => placesOfKeys(lists, keys))]);
  if (!inboxes || !said.length) return said;
  return both(said, inAny(inboxes.map((id) => placesIn(lists.get(inboxName(id)) ?? ''))));
}

/** Places where all keys are met. */
function placesOfKeys(lists: ReadonlyMap<string, string>, keys: readonly Key[]): number[] {
  const whole = keys.flatMap((key) => ('grams' in key ? key.grams.map((gram) => lists.get(gram) ?? '') : []));
  const begun = keys.flatMap((key) => ('prefix' in key ? [placesOfPrefix(lists, key.prefix)] : []));
  const [first, ...others] = whole.length ? [inAll(whole), ...begun] : begun;
  return others.reduce((places, other) => (places.length ? both(places, other) : places), first ?? []);
}

const placesOfPrefix = (lists: ReadonlyMap<string, string>, prefix: string): number[] =>
  inAny([...lists].filter(([gram]) => gram.startsWith(prefix)).map(([, places]) => placesIn(places)));

function readLists(
  db: Sql,
  { code }: Noun,
  { account_id, inboxes = [], blocks }: CandidateScope,
  keys: readonly Key[],
): RawBuilder<ListRow> {
  const names = keys.flatMap((key) => ('grams' in key ? key.grams : []));
  const prefixes = new Set(keys.flatMap((key) => ('prefix' in key ? [key.prefix] : [])));
  const exact = [...new Set([looseName, ...inboxes.map(inboxName), ...names])];
  const within = sql`noun = ${code} and ${isAnyOf(db, 'block', blocks)} and account_id = ${account_id}`;
  const parts = [
    isAnyTextOf(db, 'gram', exact),
    ...[...prefixes].map((prefix) => sql`gram >= ${prefix} and gram < ${`${prefix}\u{10FFFF}`}`),
  ];
  const reads = parts.map(
    (part) => sql`select block, gram, places from search_grams where ${within} and ${part}`,
  );
  return sql`${sql.join(reads, sql` union all `)}`;
}

/** Rows that say something else than when their block was written. */
async function changedIds(
  db: Sql,
  { code }: Noun,
  { account_id, blocks }: CandidateScope,
): Promise<number[]> {
  const from = firstOf(Math.min(...blocks));
  const until = firstOf(Math.max(...blocks) + 1);
  const rows = await db.all(sql<{ id: number }>`select id from search_changes
    where noun = ${code} and id >= ${from} and id < ${until} and account_id = ${account_id} order by id`);
  return rows.map(({ id }) => id);
}
