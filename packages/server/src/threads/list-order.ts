/** Orders of a list (application-api.md section 6.8), each as parts that an index delivers in order. */
import { type RawBuilder, sql } from 'kysely';
import type { ListInput } from './list-scope.ts';

/** Parts come one after another; within a part conversations are ordered by one column and then by id, both one way. */
export interface Part {
  where?: RawBuilder<boolean>;
  column: 'last_activity_at' | 'waiting_since' | 'id';
  direction: 'asc' | 'desc';
}

const active: Part = { column: 'last_activity_at', direction: 'desc' };
const isWaiting = sql<boolean>`waiting_since is not null`;
const notWaiting: Part = { ...active, where: sql`waiting_since is null` };
const withPriority = ['urgent', 'high', 'medium', 'low'].map((word) => sql<boolean>`priority = ${word}`);
const withNone = sql<boolean>`priority is null`;
const falling = [...withPriority, withNone];
const longestWaiting: Part[] = [{ where: isWaiting, column: 'waiting_since', direction: 'asc' }, notWaiting];
const oldestFirst: Part[] = [{ column: 'id', direction: 'asc' }];
const mostUrgent: Part[] = falling.map((where) => ({ ...active, where }));

/** By their words; the last four are older ones that shipped clients still send. Ids grow with the time of creation. */
const orders: Readonly<Record<string, readonly Part[]>> = {
  last_activity_at_asc: [{ column: 'last_activity_at', direction: 'asc' }],
  created_at_asc: oldestFirst,
  created_at_desc: [{ column: 'id', direction: 'desc' }],
  priority_asc: [...falling].reverse().map((where) => ({ ...active, where })),
  priority_desc: mostUrgent,
  priority_desc_created_at_asc: falling.map((where) => ({ where, column: 'id', direction: 'asc' })),
  waiting_since_asc: longestWaiting,
  waiting_since_desc: [{ where: isWaiting, column: 'waiting_since', direction: 'desc' }, notWaiting],
  unread: [
    { ...active, where: sql`unread_count > 0` },
    { ...active, where: sql`unread_count = 0` },
  ],
  sort_on_created_at: oldestFirst,
  sort_on_priority: mostUrgent,
  sort_on_waiting_since: longestWaiting,
};

export const partsOf = (word: ListInput['sort_by']): readonly Part[] => orders[word ?? ''] ?? [active];
