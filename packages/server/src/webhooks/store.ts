/** All SQL that moves deliveries: in, claimed, settled. One event of a conversation at a time per endpoint. */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { Db, Tx } from '../db/db.ts';
import { isAnyOf, isAnySelected, jsonTriples, skipLocked } from '../db/dialect.ts';
import { withNewIds } from '../db/new-ids.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';
import { newUuid } from '../secrets.ts';
import type { Receiver } from './receivers.ts';

/** Topic of the transient that wakes the workers of all nodes. */
export const wakeTopic = 'webhooks';

export const wakeWorkers = (app: App, tx: Tx): void =>
  tx.afterCommit(() => app.bus.publish({ transient: { topic: wakeTopic, payload: '' } }));

/** Milliseconds that a claim holds; whoever dies with it loses it then. */
export const claimDurationMs = 30_000;

export type NewDelivery = Pick<WebhookDeliveryRow, 'account_id' | 'endpoint' | 'event'> &
  Partial<Omit<WebhookDeliveryRow, 'payload'>> & { payload: object };

/**
 * Inserts deliveries in the given order. One whose conversation has an unsettled delivery to the same endpoint waits for it.
 * @param receivers tells whose endpoints have a row already
 */
export async function insertDeliveries(
  app: App,
  tx: Tx,
  deliveries: readonly NewDelivery[],
  receivers: readonly Pick<Receiver, 'endpoint' | 'is_known'>[] = [],
): Promise<WebhookDeliveryRow[]> {
  if (!deliveries.length) return [];
  const now = app.now();
  const busy = await findBusyQueues(tx, deliveries);
  const rows = (await withNewIds(tx, 'webhook_deliveries', deliveries)).map((delivery) => {
    const queue = delivery.conversation_id ? queueName(delivery) : undefined;
    const waits = queue !== undefined && busy.has(queue);
    if (queue !== undefined) busy.add(queue);
    return toDeliveryRow(delivery, { now, waits });
  });
  await tx.insertMany('webhook_deliveries', rows);
  const known = new Set(receivers.filter(({ is_known }) => is_known).map(({ endpoint }) => endpoint));
  await insertEndpoints(
    tx,
    rows.filter(({ endpoint }) => !known.has(endpoint)),
  );
  wakeWorkers(app, tx);
  return rows;
}

const toDeliveryRow = (
  delivery: NewDelivery & { id: number },
  { now, waits }: { now: number; waits: boolean },
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
  ...delivery,
  payload: JSON.stringify(delivery.payload),
  status: waits ? 'waiting' : 'pending',
  next_attempt_at: waits ? null : (delivery.next_attempt_at ?? now),
});

const queueName = ({ endpoint, conversation_id }: Pick<NewDelivery, 'endpoint' | 'conversation_id'>) =>
  `${endpoint} ${conversation_id}`;

/** Of one endpoint and one conversation: the deliveries that go out one after another. */
export interface DeliveryQueue {
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

/** Queues with something unsettled in them. Their conversations are locked, so that nothing settles meanwhile. */
async function findBusyQueues(tx: Tx, news: readonly NewDelivery[]): Promise<Set<string>> {
  const queues = distinctQueues(news);
  if (!queues.length) return new Set();
  return new Set((await tx.all(busyQueues(tx, { queues: toQueueParam(queues) }))).map(queueName));
}

/** Each queue once. */
function distinctQueues(rows: readonly Pick<NewDelivery, 'endpoint' | 'conversation_id'>[]): DeliveryQueue[] {
  const queues = new Map<string, DeliveryQueue>();
  for (const { endpoint, conversation_id } of rows)
    if (conversation_id) queues.set(queueName({ endpoint, conversation_id }), { endpoint, conversation_id });
  return [...queues.values()];
}

async function insertEndpoints(
  tx: Tx,
  rows: readonly Pick<WebhookDeliveryRow, 'endpoint' | 'account_id'>[],
): Promise<void> {
  const missing = new Map(rows.map(({ endpoint, account_id }) => [endpoint, account_id]));
  for (const [endpoint, account_id] of [...missing].sort(([a], [b]) => (a < b ? -1 : 1)))
    await tx.run(
      tx.q
        .insertInto('webhook_endpoints')
        .values({ endpoint, account_id, failures: 0 } as WebhookEndpointRow)
        .onConflict((conflict) => conflict.doNothing()),
    );
}

/** An endpoint with deliveries under way, and when the first of them is due. */
export type BusyEndpoint = WebhookEndpointRow & { due_at: number };

/** Endpoints that one look reads. */
const endpointsPerPage = 200;

// Jumps in the index from one endpoint to the next, whatever the number of deliveries of each.
const busyEndpoints = preparedQuery(
  (_q, place: { after: string }) => sql<BusyEndpoint>`
    with recursive busy (endpoint, number) as (
      select * from (
        select endpoint, 1 as number from webhook_deliveries
        where endpoint > ${place.after} and next_attempt_at is not null order by endpoint limit 1) as first
      union all
      select (
        select one.endpoint from webhook_deliveries as one
        where one.endpoint > busy.endpoint and one.next_attempt_at is not null order by one.endpoint limit 1), number + 1
      from busy where busy.endpoint is not null and number < ${sql.lit(endpointsPerPage)})
    select webhook_endpoints.*, (
      select one.next_attempt_at from webhook_deliveries as one
      where one.endpoint = busy.endpoint and one.next_attempt_at is not null order by one.next_attempt_at limit 1) as due_at
    from busy join webhook_endpoints on webhook_endpoints.endpoint = busy.endpoint order by busy.endpoint`,
);

/** Endpoints that have something due. */
export async function listDueEndpoints(db: Db, now: number): Promise<WebhookEndpointRow[]> {
  const due: WebhookEndpointRow[] = [];
  for (let after = ''; ; ) {
    const page = await db.all(busyEndpoints(db, { after }));
    due.push(...page.filter(({ due_at }) => due_at <= now));
    if (page.length < endpointsPerPage) return due;
    after = page.at(-1)?.endpoint ?? after;
  }
}

export interface Claim {
  endpoint: string;
  /** At most so many. */
  limit: number;
}

const dueDeliveries = preparedQuery(
  (_q, place: { endpoint: string; now: number; limit: number }, db) => sql<{ id: number }>`
    select id from webhook_deliveries where endpoint = ${place.endpoint} and next_attempt_at <= ${place.now}
    order by next_attempt_at, id limit ${place.limit} ${skipLocked(db)}`,
);

/** Takes due deliveries for a while; nobody else is given them until the claim ends. */
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
  return taken.sort((a, b) => a.id - b.id);
}

/** Writes what became of a claimed delivery. @returns false when the claim was lost meanwhile */
export async function settleDelivery(
  tx: Tx,
  { id, claim }: WebhookDeliveryRow,
  changes: Partial<WebhookDeliveryRow>,
): Promise<boolean> {
  const settled = await tx.run(
    tx.q
      .updateTable('webhook_deliveries')
      .set({ ...changes, claim: null })
      .where('id', '=', id)
      .where('claim', '=', claim),
  );
  return settled > 0;
}

const promotion = preparedQuery(
  (_q, place: { queues: unknown; now: number }, db) => sql<unknown>`
    update webhook_deliveries set status = 'pending', next_attempt_at = ${place.now}
    where ${isAnySelected(
      db,
      'id',
      sql`select ${firstUnsettled} from ${jsonTriples(db, place.queues)} where ${firstScheduled} is null`,
    )}`,
);

/** Makes the first delivery of each of these queues due, where none is under way. @returns how many */
export const promoteFirst = (tx: Tx, now: number, queues: readonly DeliveryQueue[]): Promise<number> =>
  tx.run(promotion(tx, { queues: toQueueParam(queues), now }));

/** Ends claims before their time. */
export async function releaseClaims(
  tx: Tx,
  now: number,
  deliveries: readonly Pick<WebhookDeliveryRow, 'id' | 'claim'>[],
): Promise<void> {
  for (const { id, claim } of deliveries)
    await tx.run(
      tx.q
        .updateTable('webhook_deliveries')
        .set({ claim: null, next_attempt_at: now })
        .where('id', '=', id)
        .where('claim', '=', claim),
    );
}

/** Every claim there is: at most as many as one process has requests open. For SQLite, where one process is alone. */
export const listClaimed = (tx: Tx): Promise<Pick<WebhookDeliveryRow, 'id' | 'claim'>[]> =>
  tx.all(tx.q.selectFrom('webhook_deliveries').select(['id', 'claim']).where('claim', '>', ''));

/**
 * Puts settled deliveries at the place in their queues that their age gives them. The caller bounds their number.
 * @returns how many
 */
export async function requeue(tx: Tx, now: number, ids: readonly number[]): Promise<number> {
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
  await promoteFirst(tx, now, distinctQueues(requeued));
  return requeued.length;
}

/** Whoever sends something by hand wants to see now whether it arrives: the endpoint is tried again at once. */
export const endEndpointRest = (tx: Tx, endpoint: string): Promise<number> =>
  tx.run(tx.q.updateTable('webhook_endpoints').set({ resting_until: null }).where('endpoint', '=', endpoint));
