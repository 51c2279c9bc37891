/** SQL that inserts, claims and settles deliveries: an endpoint gets the events of a conversation one at a time. */
import type { MessageStatus } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Db, Tx } from '../db/db.ts';
import {
  forUpdate,
  isAnyOf,
  isAnySelected,
  isAnyTextOf,
  jsonTriples,
  listValue,
  skipLocked,
  unindexed,
} from '../db/dialect.ts';
import { takeIds } from '../db/new-ids.ts';
import { erasePacked, maxPackRows, readWithPayloads, releasePacked } from '../db/packs.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { newUuid } from '../secrets.ts';
import type { Receiver } from './receivers.ts';
import { insertEndpoints } from './store-endpoints.ts';

/** Topic of the transient that wakes the worker. Its payload names the endpoints with work, separated by spaces; none names all. */
export const wakeTopic = 'webhooks';

/**
 * Wakes the worker of this node after the commit, for these endpoints. The workers of other nodes poll: woken for the same deliveries,
 * all of them would try to claim them at once.
 */
export function wakeWorkers(app: App, tx: Tx, endpoints: Iterable<string>): void {
  const payload = [...new Set(endpoints)].join(' ');
  if (payload) tx.afterCommit(() => app.bus.deliver({ transient: { topic: wakeTopic, payload } }));
}

/** A claim expires after this many milliseconds, so that the deliveries of a worker that died are sent by another. */
export const claimDurationMs = 30_000;

export type NewDelivery = Pick<WebhookDeliveryRow, 'account_id' | 'endpoint' | 'event'> &
  Partial<Omit<WebhookDeliveryRow, 'payload'>> & { payload: object };

interface Insertion {
  /** Say which endpoints have a row already. */
  receivers?: readonly Pick<Receiver, 'endpoint' | 'is_known'>[];
  /** Taken already, for these deliveries and possibly others. */
  places?: Places;
}

/**
 * Inserts deliveries in the given order. A delivery waits for an unsettled one of the same conversation to the same endpoint.
 * The rows are written by the commit at the latest.
 */
export async function insertDeliveries(
  app: App,
  tx: Tx,
  deliveries: readonly NewDelivery[],
  { receivers = [], places }: Insertion = {},
): Promise<WebhookDeliveryRow[]> {
  if (!deliveries.length) return [];
  const now = app.now();
  const { busy, nextId } = places ?? (await takePlaces(tx, deliveries));
  const printed = printOnce(deliveries);
  const rows = deliveries.map((given) => {
    const delivery = { id: nextId(), ...given };
    const queue = delivery.conversation_id ? queueName(delivery) : undefined;
    const waits = queue !== undefined && busy.has(queue);
    if (queue !== undefined) busy.add(queue);
    return toDeliveryRow(delivery, { now, waits, payload: printed.get(delivery.payload) ?? '' });
  });
  tx.awaitAtCommit(tx.insertMany('webhook_deliveries', rows));
  const known = new Set(receivers.filter(({ is_known }) => is_known).map(({ endpoint }) => endpoint));
  await insertEndpoints(
    tx,
    rows.filter(({ endpoint }) => !known.has(endpoint)),
  );
  wakeWorkers(
    app,
    tx,
    rows.filter((row) => row.next_attempt_at !== null).map(({ endpoint }) => endpoint),
  );
  return rows;
}

/** JSON by payload: all endpoints of an event share one. */
const printOnce = (deliveries: readonly NewDelivery[]): Map<object, string> =>
  new Map([...new Set(deliveries.map(({ payload }) => payload))].map((one) => [one, JSON.stringify(one)]));

const toDeliveryRow = (
  delivery: NewDelivery & { id: number },
  { now, waits, payload }: { now: number; waits: boolean; payload: string },
): WebhookDeliveryRow => ({
  delivery_id: newUuid(),
  conversation_id: null,
  display_id: null,
  message_id: null,
  message_status: null,
  contact_id: null,
  is_transient: 0,
  attempts: 0,
  claim: null,
  last_attempt_at: null,
  settled_at: null,
  response_status: null,
  response_body: null,
  error: null,
  created_at: now,
  pack_id: null,
  ...delivery,
  payload,
  status: waits ? 'waiting' : 'pending',
  next_attempt_at: waits ? null : (delivery.next_attempt_at ?? now),
});

const queueName = ({ endpoint, conversation_id }: QueuedRow) => `${endpoint} ${conversation_id}`;

/** The deliveries of one conversation to one endpoint, which are sent one after another. */
interface DeliveryQueue {
  endpoint: string;
  conversation_id: number;
}

// Scalar subqueries with a limit: as joins, a planner without statistics would read everything unsettled for them.
const firstInQueue = (condition: RawBuilder<unknown>) => sql`(
  select one.id from webhook_deliveries as one
  where one.endpoint = first and one.conversation_id = cast(second as bigint) and ${condition}
  order by one.id limit 1)`;
const firstUnsettled = firstInQueue(sql`one.settled_at is null`);
const firstScheduled = firstInQueue(sql`one.next_attempt_at is not null`);

const toQueueParam = (queues: readonly DeliveryQueue[]): string =>
  JSON.stringify(queues.map(({ endpoint, conversation_id }) => [endpoint, conversation_id]));

const busyQueues = preparedQuery(
  (_q, place: { queues: unknown }, db) =>
    sql<DeliveryQueue>`select first as endpoint, cast(second as bigint) as conversation_id
      from ${jsonTriples(db, place.queues)} where ${firstUnsettled} is not null`,
);

/** What new deliveries need of the database before they are inserted. */
interface Places {
  /** Queues with an unsettled delivery. */
  busy: Set<string>;
  nextId: () => number;
}

/** Reads what the insertion of these deliveries needs. The caller has locked their conversations, so that none settles meanwhile. */
export async function takePlaces(tx: Tx, news: readonly QueuedRow[]): Promise<Places> {
  const [busy, nextId] = await Promise.all([
    findBusyQueues(tx, news),
    takeIds(tx, 'webhook_deliveries', news.length),
  ]);
  return { busy, nextId };
}

async function findBusyQueues(tx: Tx, news: readonly QueuedRow[]): Promise<Set<string>> {
  const queues = distinctQueues(news);
  if (!queues.length) return new Set();
  return new Set((await tx.all(busyQueues(tx, { queues: toQueueParam(queues) }))).map(queueName));
}

/** A delivery, of which those without a conversation are in no queue. */
type QueuedRow = Pick<NewDelivery, 'endpoint' | 'conversation_id'>;

/** Each queue once. */
function distinctQueues(rows: readonly QueuedRow[]): DeliveryQueue[] {
  const queues = new Map<string, DeliveryQueue>();
  for (const { endpoint, conversation_id } of rows)
    if (conversation_id) queues.set(queueName({ endpoint, conversation_id }), { endpoint, conversation_id });
  return [...queues.values()];
}

export interface Claim {
  endpoint: string;
  /** Most deliveries to claim. */
  limit: number;
}

const dueDeliveries = preparedQuery(
  (_q, place: { endpoint: string; now: number; limit: number }, db) => sql<{ id: number }>`
    select id from webhook_deliveries where endpoint = ${place.endpoint} and next_attempt_at <= ${place.now}
    order by next_attempt_at, id limit ${place.limit} ${skipLocked(db)}`,
);

/** Claims due deliveries: no other worker gets them for `claimDurationMs`. */
export async function claimDue(
  tx: Tx,
  { now, claims }: { now: number; claims: readonly Claim[] },
): Promise<WebhookDeliveryRow[]> {
  const found = await Promise.all(claims.map((claim) => tx.all(dueDeliveries(tx, { ...claim, now }))));
  const ids = found.flat().map(({ id }) => id);
  if (!ids.length) return [];
  const taken = await tx.all(
    tx.q
      .updateTable('webhook_deliveries')
      .set({ claim: newUuid(), next_attempt_at: now + claimDurationMs })
      .where(isAnyOf(tx, 'id', ids))
      .returningAll(),
  );
  // A delivery that is replayed may be in a pack. No other transaction can take it out while its row is locked.
  return readWithPayloads(tx, async () => taken.sort((a, b) => a.id - b.id));
}

const claimsOf = preparedQuery((q, place: { ids: unknown }, db) =>
  q
    .selectFrom('webhook_deliveries')
    .select(['id', 'claim'])
    .where(isAnyOf(db, 'id', place.ids))
    .orderBy('id')
    .modifyEnd(forUpdate(db)),
);

/**
 * Locks these deliveries until the transaction ends.
 * @returns the ids of those whose claim still holds: the others have expired, or are deleted
 */
export async function lockClaimed(
  tx: Tx,
  deliveries: readonly Pick<WebhookDeliveryRow, 'id' | 'claim'>[],
): Promise<Set<number>> {
  const ids = listValue(
    tx,
    deliveries.map(({ id }) => id),
  );
  const claims = new Map((await tx.all(claimsOf(tx, { ids }))).map(({ id, claim }) => [id, claim]));
  return new Set(deliveries.filter(({ id, claim }) => claim && claims.get(id) === claim).map(({ id }) => id));
}

/** The columns that an attempt changes. */
export type AttemptedColumns = Pick<
  WebhookDeliveryRow,
  | 'id'
  | 'status'
  | 'attempts'
  | 'next_attempt_at'
  | 'claim'
  | 'last_attempt_at'
  | 'settled_at'
  | 'response_status'
  | 'response_body'
  | 'error'
>;

const attemptedColumns = [
  'status',
  'attempts',
  'next_attempt_at',
  'claim',
  'last_attempt_at',
  'settled_at',
  'response_status',
  'response_body',
  'error',
] as const;

/** Writes the outcomes of attempts, one statement for all. */
export const writeAttempts = (tx: Tx, rows: readonly AttemptedColumns[]): Promise<void> =>
  tx.updateMany('webhook_deliveries', rows, attemptedColumns);

const promotion = preparedQuery(
  (_q, place: { queues: unknown; now: number }, db) => sql<{ endpoint: string }>`
    update webhook_deliveries set status = 'pending', next_attempt_at = ${place.now}
    where ${isAnySelected(
      db,
      'id',
      sql`select ${firstUnsettled} from ${jsonTriples(db, place.queues)} where ${firstScheduled} is null`,
    )} returning endpoint`,
);

/** Makes the first delivery of each queue of these rows due, unless one of the queue is being sent. @returns the endpoints of those */
export async function promoteFirst(tx: Tx, now: number, rows: readonly QueuedRow[]): Promise<string[]> {
  const queues = distinctQueues(rows);
  if (!queues.length) return [];
  const promoted = await tx.all(promotion(tx, { queues: toQueueParam(queues), now }));
  return promoted.map(({ endpoint }) => endpoint);
}

/** Releases claims before they expire. */
export async function releaseClaims(
  tx: Tx,
  now: number,
  deliveries: readonly Pick<WebhookDeliveryRow, 'id' | 'claim'>[],
): Promise<void> {
  if (!deliveries.length) return;
  const ids = deliveries.map(({ id }) => id);
  const claims = [...new Set(deliveries.flatMap(({ claim }) => claim ?? []))];
  await tx.run(
    tx.q
      .updateTable('webhook_deliveries')
      .set({ claim: null, next_attempt_at: now })
      .where(isAnyOf(tx, 'id', ids))
      .where(isAnyTextOf(tx, unindexed(tx, 'claim'), claims)),
  );
}

/** All claimed deliveries, at most as many as one process has open requests. For SQLite, which has one process. */
export const listClaimed = (tx: Tx): Promise<Pick<WebhookDeliveryRow, 'id' | 'claim'>[]> =>
  tx.all(tx.q.selectFrom('webhook_deliveries').select(['id', 'claim']).where('claim', '>', ''));

/**
 * Puts settled deliveries back into their queues, in the order of their ids, and wakes the workers. The caller bounds their number.
 * @returns how many
 */
export async function requeue(app: App, tx: Tx, ids: readonly number[]): Promise<number> {
  const now = app.now();
  const requeued = await tx.all(
    tx.q
      .updateTable('webhook_deliveries')
      .set({
        status: sql`case when conversation_id is null then 'pending' else 'waiting' end`,
        next_attempt_at: sql`case when conversation_id is null then cast(${now} as bigint) end`,
        attempts: 0,
        settled_at: null,
        error: null,
        response_status: null,
        response_body: null,
      })
      .where(isAnyOf(tx, 'id', ids))
      .where('settled_at', 'is not', null)
      .returning(['endpoint', 'conversation_id']),
  );
  await promoteFirst(tx, now, requeued);
  wakeWorkers(
    app,
    tx,
    requeued.map(({ endpoint }) => endpoint),
  );
  return requeued.length;
}

/** Makes a delivery due that waits for its next attempt and is not claimed. */
export const makeDue = (tx: Tx, now: number, id: number): Promise<number> =>
  tx.run(
    tx.q
      .updateTable('webhook_deliveries')
      .set({ next_attempt_at: now })
      .where('id', '=', id)
      .where('claim', 'is', null),
  );

/** Stores the status that the delivery's message had before the delivery failed. */
export const setMessageStatus = (tx: Tx, id: number, message_status: MessageStatus | null): Promise<number> =>
  tx.run(tx.q.updateTable('webhook_deliveries').set({ message_status }).where('id', '=', id));

/** Moves the deliveries of a merged contact to the contact that remains. */
export const moveToContact = (tx: Tx, from: number, to: number): Promise<number> =>
  tx.run(tx.q.updateTable('webhook_deliveries').set({ contact_id: to }).where('contact_id', '=', from));

/** Erases the content of a contact's deliveries. The rows stay; a delivery without content is not sent. */
export async function clearContentOfContact(tx: Tx, contact_id: number): Promise<void> {
  const packed = await tx.all(
    tx.q
      .selectFrom('webhook_deliveries')
      .select(['id', 'pack_id'])
      .where('contact_id', '=', contact_id)
      .where('pack_id', 'is not', null),
  );
  await tx.run(
    tx.q
      .updateTable('webhook_deliveries')
      .set({ payload: '', pack_id: null, response_body: null })
      .where('contact_id', '=', contact_id),
  );
  await erasePacked(tx, packed);
}

/** @returns how many */
export async function deleteDeliveries(tx: Tx, ids: readonly number[]): Promise<number> {
  const deleted = await tx.all(
    tx.q
      .deleteFrom('webhook_deliveries')
      .where(isAnyOf(tx, 'id', ids))
      .returning(['id', 'pack_id']),
  );
  await releasePacked(tx, deleted);
  return deleted.length;
}

type DeliveryPayload = Pick<WebhookDeliveryRow, 'id' | 'payload'>;

/** Deliveries that settled before a time and are not in a pack, in the order of settling, as many as a pack may have. */
export const listUnpacked = (db: Db, before: number): Promise<DeliveryPayload[]> =>
  db.all(
    sql<DeliveryPayload>`select id, payload from webhook_deliveries
      where settled_at < ${before} and pack_id is null and payload <> ''
      order by settled_at limit ${sql.lit(maxPackRows)}`,
  );
