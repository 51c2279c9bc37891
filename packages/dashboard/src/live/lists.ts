/** Lists of conversations: which belong in one, in which order, and how many there are. Plain decisions. */
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

/** What every tab of a list has in common; the counts are made of it. */
export interface Scope {
  status: (typeof statuses)[number];
  inbox_id?: number;
  team_id?: number;
  label?: string;
  /** A filter that the agent has saved; it takes the place of everything above. */
  saved?: number;
}

export interface Filter extends Scope {
  tab: (typeof tabs)[number];
  sort: (typeof sorts)[number];
}

export interface List {
  filter: Filter;
  /** The first so many of the list, as the server would order them. */
  ids: readonly number[];
  /** Where the server goes on; none when there are no more. */
  next: Next | undefined;
  /** Only the server knows whether a conversation belongs in it; something happened that may have changed that. */
  stale: boolean;
}

export interface Next {
  cursor: string;
  /** The row before it, as the server knew it: what stands behind this one comes with the next page. */
  after: Conversation;
}

export interface Counts {
  mine_count: number;
  unassigned_count: number;
  assigned_count: number;
  all_count: number;
}

/** Equal filters have one key, whatever order their fields were set in. */
export const listKey = (filter: Filter): string =>
  JSON.stringify([filter.tab, filter.sort, scopeKey(filter)]);

/** The tabs of a list share their counts: the key leaves out tab and order. */
export const scopeKey = ({ status, inbox_id, team_id, label, saved }: Scope): string =>
  JSON.stringify(saved ? [saved] : [status, inbox_id, team_id, label]);

/** Mentions and saved filters are decided by the server alone. */
export const isServed = ({ tab, saved }: Filter): boolean => tab === 'mention' || saved !== undefined;

/** Decides as the server does, so that an event can move a conversation without a fetch. */
export function isInScope(one: Conversation, { status, inbox_id, team_id, label }: Scope): boolean {
  return (
    (status === 'all' || one.status === status) &&
    (!inbox_id || one.inbox_id === inbox_id) &&
    (!team_id || one.team?.id === team_id) &&
    (!label || one.labels.includes(label))
  );
}

/** Whether the conversation belongs to the list of this agent. Mentions are decided by the server, see `isServed`. */
export function isInList(one: Conversation, filter: Filter, me: number): boolean {
  if (!isInScope(one, filter)) return false;
  if (filter.tab === 'me') return isMine(one, me);
  return filter.tab === 'all' || !one.assignee;
}

/** Agents and bots have ids of their own: the same number may name one of each. */
export const isMine = ({ assignee }: Conversation, me: number): boolean =>
  assignee?.id === me && !assignee.isBot;

/** Where a changed conversation now stands in a list, if it does. `find` gives the others. */
export function place(
  list: List,
  one: Conversation | undefined,
  { id, me, find }: { id: number; me: number; find: (id: number) => Conversation | undefined },
): List {
  if (one && isServed(list.filter)) return list;
  const at = list.ids.indexOf(id);
  const belongs = one !== undefined && isInList(one, list.filter, me);
  if (!belongs) return at < 0 ? list : { ...list, ids: list.ids.filter((other) => other !== id) };
  const before = find(id);
  if (at >= 0 && (!before || compare(before, one, list.filter.sort) === 0)) return list;
  return insert({ ...list, ids: list.ids.filter((other) => other !== id) }, one, find);
}

/** A list with one more that belongs in it. */
export function insert(list: List, one: Conversation, find: (id: number) => Conversation | undefined): List {
  const { ids, filter, next } = list;
  const index = ids.findIndex((other) => goesBefore(one, find(other), filter.sort));
  if (index < 0 && next && isBehind(one, next.after, filter.sort)) return list;
  return { ...list, ids: ids.toSpliced(index < 0 ? ids.length : index, 0, one.id) };
}

function goesBefore(one: Conversation, other: Conversation | undefined, sort: Filter['sort']): boolean {
  return !other || compare(one, other, sort) < 0;
}

function compare(a: Conversation, b: Conversation, sort: Filter['sort']): number {
  const [left, right] = [rank(a, sort), rank(b, sort)];
  return difference(left.sure, right.sure) || difference(left.likely, right.likely);
}

/** What only may be behind is not: it would be missed, while what comes once more is known already. */
const isBehind = (one: Conversation, other: Conversation, sort: Filter['sort']): boolean =>
  difference(rank(one, sort).sure, rank(other, sort).sure) > 0;

function difference(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) if (value !== right[index]) return value - (right[index] ?? 0);
  return 0;
}

const priorities = { urgent: 4, high: 3, medium: 2, low: 1 } as const;

interface Rank {
  sure: number[];
  likely: number[];
}

/** Lower comes first. The wire says seconds: within one, the ids tell what is likely. */
function rank(one: Conversation, sort: Filter['sort']): Rank {
  if (sort === 'created_at_desc') return { sure: [-one.id], likely: [] };
  if (sort === 'created_at_asc') return { sure: [one.id], likely: [] };
  const first =
    sort === 'priority_desc'
      ? [-(one.priority ? priorities[one.priority] : 0)]
      : sort === 'waiting_since_asc'
        ? [one.waiting_since ? 0 : 1]
        : [];
  if (sort === 'waiting_since_asc' && one.waiting_since)
    return { sure: [...first, one.waiting_since], likely: [one.id] };
  return { sure: [...first, -one.last_activity_at], likely: [-one.newest_id, -one.id] };
}

/** What one conversation adds to the counts of a scope. */
export function share(one: Conversation | undefined, scope: Scope, me: number): Counts {
  const counts = one !== undefined && isInScope(one, scope) ? 1 : 0;
  const assigned = counts && one?.assignee ? 1 : 0;
  return {
    all_count: counts,
    assigned_count: assigned,
    unassigned_count: counts - assigned,
    mine_count: counts && one && isMine(one, me) ? 1 : 0,
  };
}
