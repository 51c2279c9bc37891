/** Sort orders of a list (application-api.md section 6.8), each as parts that an index returns in order. */
import { own } from '@hoory/contract';
import { sql } from 'kysely';
import { byActivity, type SortOrder, type SortPart } from '../db/keyset.ts';
import type { ListInput } from './scope.ts';

const waiting = sql.ref('waiting_since');
const active = byActivity('desc');
const isWaiting = sql<boolean>`waiting_since is not null`;
const notWaiting: SortPart = { ...active, where: sql`waiting_since is null` };
const withPriority = ['urgent', 'high', 'medium', 'low'].map((word) => sql<boolean>`priority = ${word}`);
const withoutPriority = sql<boolean>`priority is null`;
const byPriority = [...withPriority, withoutPriority];

/** By the words of the wire. Ids grow with the time of creation, so an order by creation is one by id. */
const orders: Readonly<Record<string, readonly SortPart[]>> = {
  last_activity_at_desc: [active],
  last_activity_at_asc: [byActivity('asc')],
  created_at_asc: [{ direction: 'asc' }],
  created_at_desc: [{ direction: 'desc' }],
  priority_asc: [...byPriority].reverse().map((where) => ({ ...active, where })),
  priority_desc: byPriority.map((where) => ({ ...active, where })),
  priority_desc_created_at_asc: byPriority.map((where) => ({ where, direction: 'asc' })),
  waiting_since_asc: [{ where: isWaiting, column: waiting, direction: 'asc' }, notWaiting],
  waiting_since_desc: [{ where: isWaiting, column: waiting, direction: 'desc' }, notWaiting],
  unread: [
    { ...active, where: sql`unread_count > 0` },
    { ...active, where: sql`unread_count = 0` },
  ],
};

/** Former words that Chatwoot's clients still send. */
const olderWords: Readonly<Record<string, string>> = {
  sort_on_created_at: 'created_at_asc',
  sort_on_priority: 'priority_desc',
  sort_on_waiting_since: 'waiting_since_asc',
};

/** The order of a list of conversations; by default, and for an unknown word, the latest activity comes first. */
export function orderOf(list: string, word: ListInput['sort_by'] = 'latest'): SortOrder {
  const current = own(olderWords, word) ?? word;
  const name = Object.hasOwn(orders, current) ? current : 'last_activity_at_desc';
  return { name: `${list} ${name}`, type: 'number', parts: own(orders, name) ?? [active] };
}
