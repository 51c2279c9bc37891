/** Orders of a list (application-api.md section 6.8), each as parts that an index delivers in order. */
import { own } from '@hoory/contract';
import { sql } from 'kysely';
import { byActivity, type SortOrder, type SortPart } from '../db/keyset.ts';
import type { ListInput } from './scope.ts';

const waiting = sql.ref('waiting_since');
const active = byActivity('desc');
const isWaiting = sql<boolean>`waiting_since is not null`;
const notWaiting: SortPart = { ...active, where: sql`waiting_since is null` };
const withPriority = ['urgent', 'high', 'medium', 'low'].map((word) => sql<boolean>`priority = ${word}`);
const withNone = sql<boolean>`priority is null`;
const falling = [...withPriority, withNone];

/** By their words. Ids grow with the time of creation. */
const orders: Readonly<Record<string, readonly SortPart[]>> = {
  last_activity_at_desc: [active],
  last_activity_at_asc: [byActivity('asc')],
  created_at_asc: [{ direction: 'asc' }],
  created_at_desc: [{ direction: 'desc' }],
  priority_asc: [...falling].reverse().map((where) => ({ ...active, where })),
  priority_desc: falling.map((where) => ({ ...active, where })),
  priority_desc_created_at_asc: falling.map((where) => ({ where, direction: 'asc' })),
  waiting_since_asc: [{ where: isWaiting, column: waiting, direction: 'asc' }, notWaiting],
  waiting_since_desc: [{ where: isWaiting, column: waiting, direction: 'desc' }, notWaiting],
  unread: [
    { ...active, where: sql`unread_count > 0` },
    { ...active, where: sql`unread_count = 0` },
  ],
};

/** Older words that shipped clients still send. */
const olderWords: Readonly<Record<string, string>> = {
  sort_on_created_at: 'created_at_asc',
  sort_on_priority: 'priority_desc',
  sort_on_waiting_since: 'waiting_since_asc',
};

/** The order of a list of conversations; by default the latest activity comes first. */
export function orderOf(list: string, word: ListInput['sort_by'] = 'latest'): SortOrder {
  const asked = own(olderWords, word) ?? word;
  const name = Object.hasOwn(orders, asked) ? asked : 'last_activity_at_desc';
  return { name: `${list} ${name}`, type: 'number', parts: own(orders, name) ?? [active] };
}
