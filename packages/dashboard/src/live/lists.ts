/**
 * Lists of conversations: which conversation belongs in a list, where it stands, and what it adds to the counts. Pure
 * functions that decide as the server does, so that an event moves a row without a request.
 */
import type { Conversation } from './conversation.ts';

export const tabs = ['me', 'unassigned', 'all', 'mention'] as const;
export const statuses = ['open', 'pending', 'snoozed', 'resolved', 'all'] as const;
export const sorts = [
  'last_activity_at_desc',
  'waiting_since_asc',
  'created_at_desc',
  'created_at_asc',
  'priority_desc',
] as const;

/** The filters that all tabs of a list share; the tabs have their counts in common. */
export interface Scope {
  status: (typeof statuses)[number];
  inbox_id?: number;
  team_id?: number;
  label?: string;
  /** Id of a saved filter; it replaces everything above. */
  saved?: number;
}

/** Names one list: a scope, one of its tabs, and an order. */
export interface Filter extends Scope {
  tab: (typeof tabs)[number];
  sort: (typeof sorts)[number];
}

/** A list as far as it is loaded. */
export interface List {
  filter: Filter;
  /** The loaded start of the list, in the server's order. */
  ids: readonly number[];
  /** Where the next page begins; undefined when everything is loaded. */
  next: NextPage | undefined;
  /** Only for a list that the server decides: an event may have changed it, so it must be fetched again. */
  stale: boolean;
}

export interface NextPage {
  cursor: string;
  /** The last row that was read, as the server had it: anything behind it comes with the next page. */
  after: Conversation;
}

export interface Counts {
  mine_count: number;
  unassigned_count: number;
  assigned_count: number;
  all_count: number;
}

/** The key of a list in the state. Equal filters have equal keys, in whatever order their fields were set. */
export const listKey = (filter: Filter): string =>
  JSON.stringify([filter.tab, filter.sort, scopeKey(filter)]);

/** The key of the counts: without tab and order. */
export const scopeKey = ({ status, inbox_id, team_id, label, saved }: Scope): string =>
  JSON.stringify(saved ? [saved] : [status, inbox_id, team_id, label]);

/** Mentions and saved filters: the desk cannot decide what belongs in them and fetches them again instead. */
export const isDecidedByServer = ({ tab, saved }: Filter): boolean =>
  tab === 'mention' || saved !== undefined;

/** Whether a conversation belongs to a scope without `saved`, decided as the server does. */
export function isInScope(one: Conversation, { status, inbox_id, team_id, label }: Scope): boolean {
  return (
    (status === 'all' || one.status === status) &&
    (!inbox_id || one.inbox_id === inbox_id) &&
    (!team_id || one.team?.id === team_id) &&
    (!label || one.labels.includes(label))
  );
}

/** Whether a conversation belongs in a list of the agent `me`. Not for lists of which `isDecidedByServer` is true. */
export function isInList(one: Conversation, filter: Filter, me: number): boolean {
  if (!isInScope(one, filter)) return false;
  if (filter.tab === 'me') return isMine(one, me);
  return filter.tab === 'all' || !one.assignee;
}

/** A bot may have the same id as the agent. */
export const isMine = ({ assignee }: Conversation, me: number): boolean =>
  assignee?.id === me && !assignee.isBot;

/**
 * The list after a conversation has changed or is gone (`one` undefined); the same object when nothing in it moves. `find`
 * returns conversations as they were before the change.
 */
export function placeInList(
  list: List,
  one: Conversation | undefined,
  { id, me, find }: { id: number; me: number; find: (id: number) => Conversation | undefined },
): List {
  if (one && isDecidedByServer(list.filter)) return list;
  const at = list.ids.indexOf(id);
  const belongs = one !== undefined && isInList(one, list.filter, me);
  if (!belongs) return at < 0 ? list : { ...list, ids: list.ids.filter((other) => other !== id) };
  const before = find(id);
  if (at >= 0 && (!before || compare(before, one, list.filter.sort) === 0)) return list;
  return insert({ ...list, ids: list.ids.filter((other) => other !== id) }, one, find);
}

/** Inserts a conversation that belongs in the list and is not in it. Behind the loaded rows it is left to the next page. */
export function insert(list: List, one: Conversation, find: (id: number) => Conversation | undefined): List {
  const { ids, filter, next } = list;
  const index = ids.findIndex((other) => goesBefore(one, find(other), filter.sort));
  if (index < 0 && next && isBehind(one, next.after, filter.sort)) return list;
  return { ...list, ids: ids.toSpliced(index < 0 ? ids.length : index, 0, one.id) };
}

function goesBefore(one: Conversation, other: Conversation | undefined, sort: Filter['sort']): boolean {
  return !other || compare(one, other, sort) < 0;
}

/** Negative when `a` comes first. */
function compare(a: Conversation, b: Conversation, sort: Filter['sort']): number {
  const [left, right] = [rank(a, sort), rank(b, sort)];
  return difference(left.certain, right.certain) || difference(left.tieBreakers, right.tieBreakers);
}

/** Only when it is certain: a row that is wrongly left out would be missing, while one that comes again is recognized. */
const isBehind = (one: Conversation, other: Conversation, sort: Filter['sort']): boolean =>
  difference(rank(one, sort).certain, rank(other, sort).certain) > 0;

/** Compares lexicographically. */
function difference(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) if (value !== right[index]) return value - (right[index] ?? 0);
  return 0;
}

const priorities = { urgent: 4, high: 3, medium: 2, low: 1 } as const;

/** Sort keys of a conversation, the most significant first. */
interface Rank {
  /** Decided by fields of the wire. */
  certain: number[];
  /** A guess for equal seconds: the server compares more precise times, which the wire does not carry. */
  tieBreakers: number[];
}

/** Lower comes first. */
function rank(one: Conversation, sort: Filter['sort']): Rank {
  if (sort === 'created_at_desc') return { certain: [-one.id], tieBreakers: [] };
  if (sort === 'created_at_asc') return { certain: [one.id], tieBreakers: [] };
  const first =
    sort === 'priority_desc'
      ? [-(one.priority ? priorities[one.priority] : 0)]
      : sort === 'waiting_since_asc'
        ? [one.waiting_since ? 0 : 1]
        : [];
  if (sort === 'waiting_since_asc' && one.waiting_since)
    return { certain: [...first, one.waiting_since], tieBreakers: [one.id] };
  return { certain: [...first, -one.last_activity_at], tieBreakers: [-one.newest_id, -one.id] };
}

export const countNames = [
  'mine_count',
  'unassigned_count',
  'assigned_count',
  'all_count',
] as const satisfies readonly (keyof Counts)[];

/** The contribution of one conversation to the counts of a scope: 0 or 1 to each. */
export function countsOf(one: Conversation | undefined, scope: Scope, me: number): Counts {
  const counts = one !== undefined && isInScope(one, scope) ? 1 : 0;
  const assigned = counts && one?.assignee ? 1 : 0;
  return {
    all_count: counts,
    assigned_count: assigned,
    unassigned_count: counts - assigned,
    mine_count: counts && one && isMine(one, me) ? 1 : 0,
  };
}
