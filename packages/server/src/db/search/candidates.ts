/** Rows of indexed blocks that may say what is asked, by the lists of their grams. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../db.ts';
import { isAnyTextOf } from '../dialect.ts';
import { inboxName, looseName } from './block-lists.ts';
import { type GramLookup, type SearchQuery, toGramLookup } from './grams.ts';
import { blockSize, intersect, intersectAll, toFirstId, toPositions, union } from './posting-list.ts';
import type { SearchedTable } from './searched-tables.ts';

export interface CandidateScope {
  account_id: number;
  question: SearchQuery;
  inboxes?: readonly number[];
  /** The first and the last block. */
  blocks: readonly [number, number];
}

interface ListRow {
  block: number;
  gram: string;
  places: string;
}

/** Names of no gram, as those of `search-block.ts`: of a row for each block, and of one for each row that has changed since. */
const readyName = ' .';
const changedName = ' +';

/**
 * Ids by block, falling, of the blocks that are indexed. Some of these rows may not say it; no other row of the blocks does.
 * One statement reads all, since the index may be written meanwhile.
 */
export async function candidatesIn(
  db: Sql,
  noun: SearchedTable,
  scope: CandidateScope,
): Promise<Map<number, number[]>> {
  const ways = scope.question.map((words) => words.map(toGramLookup));
  const blocks = new Map<number, { lists: Map<string, string>; changed: number[] }>();
  for (const { block, gram, places } of await db.all(readLists(db, noun, scope, ways.flat()))) {
    const one = blocks.get(block) ?? { lists: new Map<string, string>(), changed: [] as number[] };
    blocks.set(block, one);
    if (gram === changedName) one.changed.push(Number(places));
    else one.lists.set(gram, places);
  }
  return new Map(
    [...blocks]
      .filter(([, { lists }]) => lists.has(readyName))
      .map(([block, { lists, changed }]) => {
        const places = union([placesOf(lists, ways, scope.inboxes), changed]);
        return [block, places.reverse().map((place) => toFirstId(block) + place)];
      }),
  );
}

function placesOf(
  lists: ReadonlyMap<string, string>,
  ways: readonly (readonly GramLookup[])[],
  inboxes: readonly number[] | undefined,
): number[] {
  const loose = toPositions(lists.get(looseName) ?? '');
  const said = union([loose, ...ways.map((keys) => placesOfKeys(lists, keys))]);
  if (!inboxes || !said.length) return said;
  return intersect(said, union(inboxes.map((id) => toPositions(lists.get(inboxName(id)) ?? ''))));
}

/** Places where all keys are met. */
function placesOfKeys(lists: ReadonlyMap<string, string>, keys: readonly GramLookup[]): number[] {
  const whole = keys.flatMap((key) => ('grams' in key ? key.grams.map((gram) => lists.get(gram) ?? '') : []));
  const begun = keys.flatMap((key) => ('prefix' in key ? [placesOfPrefix(lists, key.prefix)] : []));
  const [first, ...others] = whole.length ? [intersectAll(whole), ...begun] : begun;
  return others.reduce((places, other) => (places.length ? intersect(places, other) : places), first ?? []);
}

const placesOfPrefix = (lists: ReadonlyMap<string, string>, prefix: string): number[] =>
  union([...lists].filter(([gram]) => gram.startsWith(prefix)).map(([, places]) => toPositions(places)));

function readLists(
  db: Sql,
  { code }: SearchedTable,
  { account_id, inboxes = [], blocks: [from, to] }: CandidateScope,
  keys: readonly GramLookup[],
): RawBuilder<ListRow> {
  const names = keys.flatMap((key) => ('grams' in key ? key.grams : []));
  const prefixes = new Set(keys.flatMap((key) => ('prefix' in key ? [key.prefix] : [])));
  const exact = [...new Set([looseName, ...inboxes.map(inboxName), ...names])];
  const ready = db.dialect === 'sqlite' ? sql`in ready` : sql`= any (array (select block from ready))`;
  const within = sql`noun = ${code} and block ${ready} and account_id = ${account_id}`;
  const parts = [
    isAnyTextOf(db, 'gram', exact),
    ...[...prefixes].map((prefix) => sql`gram >= ${prefix} and gram < ${`${prefix}\u{10FFFF}`}`),
  ];
  const size = sql.lit(blockSize);
  return sql`with ready as materialized (select block from search_blocks
      where noun = ${code} and block >= ${from} and block <= ${to} and ready = 1)
    select block, ${sql.lit(readyName)} as gram, '' as places from ready
    union all select id / ${size} as block, ${sql.lit(changedName)} as gram, cast(id % ${size} as text) as places
      from search_changes where noun = ${code} and id >= ${toFirstId(from)} and id < ${toFirstId(to + 1)} and account_id = ${account_id}
    ${sql.join(
      parts.map(
        (part) => sql`union all select block, gram, places from search_grams where ${within} and ${part}`,
      ),
      sql` `,
    )}`;
}
