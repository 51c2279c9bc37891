/** Finds rows of indexed blocks that may match a query, by the posting lists of its grams. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../db.ts';
import { isAnyTextOf } from '../dialect.ts';
import { inboxName, looseName } from './block-lists.ts';
import { type GramLookup, type SearchQuery, toGramLookup } from './grams.ts';
import { blockSize, intersect, intersectAll, toFirstId, toPositions, union } from './posting-list.ts';
import type { SearchedTable } from './searched-tables.ts';

export interface CandidateScope {
  account_id: number;
  query: SearchQuery;
  inboxes?: readonly number[];
  /** Numbers of the first and the last block. */
  blocks: readonly [number, number];
}

interface ListRow {
  block: number;
  gram: string;
  places: string;
}

/** Names in the result that are no grams, like those of `block-lists.ts`: of each indexed block, and of each row changed since. */
const readyName = ' .';
const changedName = ' +';

/**
 * Ids of candidates by block, descending, for the blocks that are indexed. A candidate may not match, but no other row of these
 * blocks does. All lists are read with one statement, because the index may be written meanwhile.
 */
export async function candidatesIn(
  db: Sql,
  noun: SearchedTable,
  scope: CandidateScope,
): Promise<Map<number, number[]>> {
  const alternatives = scope.query.map((words) => words.map(toGramLookup));
  const blocks = new Map<number, BlockLists>();
  for (const { block, gram, places } of await db.all(readLists(db, noun, scope, alternatives.flat()))) {
    const ofBlock: BlockLists = blocks.get(block) ?? { lists: new Map(), changed: [] };
    blocks.set(block, ofBlock);
    if (gram === changedName) ofBlock.changed.push(Number(places));
    else ofBlock.lists.set(gram, places);
  }
  return new Map(
    [...blocks]
      .filter(([, { lists }]) => lists.has(readyName))
      .map(([block, { lists, changed }]) => {
        const positions = union([candidatePositions(lists, alternatives, scope.inboxes), changed]);
        return [block, positions.reverse().map((position) => toFirstId(block) + position)];
      }),
  );
}

interface BlockLists {
  /** Posting lists by name, as text. */
  lists: Map<string, string>;
  /** Positions of rows that changed after the block was indexed. */
  changed: number[];
}

/** Positions that meet an alternative, and all loose rows, in these inboxes. */
function candidatePositions(
  lists: ReadonlyMap<string, string>,
  alternatives: readonly (readonly GramLookup[])[],
  inboxes: readonly number[] | undefined,
): number[] {
  const loose = toPositions(lists.get(looseName) ?? '');
  const positions = union([loose, ...alternatives.map((lookups) => positionsOfAll(lists, lookups))]);
  if (!inboxes || !positions.length) return positions;
  return intersect(positions, union(inboxes.map((id) => toPositions(lists.get(inboxName(id)) ?? ''))));
}

/** Positions that meet all lookups. */
function positionsOfAll(lists: ReadonlyMap<string, string>, lookups: readonly GramLookup[]): number[] {
  const ofGrams = lookups.flatMap((lookup) =>
    'grams' in lookup ? lookup.grams.map((gram) => lists.get(gram) ?? '') : [],
  );
  const ofPrefixes = lookups.flatMap((lookup) =>
    'prefix' in lookup ? [positionsOfPrefix(lists, lookup.prefix)] : [],
  );
  const [first, ...others] = ofGrams.length ? [intersectAll(ofGrams), ...ofPrefixes] : ofPrefixes;
  return others.reduce(
    (positions, other) => (positions.length ? intersect(positions, other) : positions),
    first ?? [],
  );
}

const positionsOfPrefix = (lists: ReadonlyMap<string, string>, prefix: string): number[] =>
  union([...lists].filter(([gram]) => gram.startsWith(prefix)).map(([, places]) => toPositions(places)));

function readLists(
  db: Sql,
  { code }: SearchedTable,
  { account_id, inboxes = [], blocks: [from, to] }: CandidateScope,
  lookups: readonly GramLookup[],
): RawBuilder<ListRow> {
  const names = lookups.flatMap((lookup) => ('grams' in lookup ? lookup.grams : []));
  const prefixes = new Set(lookups.flatMap((lookup) => ('prefix' in lookup ? [lookup.prefix] : [])));
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
