/** All SQL that moves deliveries: in, claimed, settled. One event of a conversation at a time per endpoint. */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Db, Tx } from '../db/db.ts';
import { isAnyOf, isAnyTextOf, skipLocked } from '../db/dialect.ts';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';
import { newUuid } from '../secrets.ts';
import type { Receiver } from './receivers.ts';

/** Topic of the transient that wakes the workers of all nodes. */
export const wakeTopic = 'webhooks';

export const wakeWorkers = (app: App, tx: Tx): void =>
  tx.afterCommit(() => app.bus.publish({ transient: { topic: wakeTopic, payload: '' } }));

/** Milliseconds that a claim holds; whoever dies with it loses it then. */
export const claimLife = 30_000;

export type NewDelivery = Pick<WebhookDeliveryRow, 'account_id' | 'endpoint' | 'event'> &
  Partial<Omit<WebhookDeliveryRow, 'payload'>> & { payload: object };

/** Inserts deliveries in the given order. What its conversation's queue is not free for, waits. */
export async function insertDeliveries(
  app: App,
  tx: Tx,
  news: readonly NewDelivery[],
  receivers: readonly Pick<Receiver, 'endpoint' | 'is_known'>[] = [],
): Promise<WebhookDeliveryRow[]> {
  if (!news.length) return [];
  const ids = await tx.nextIds('webhook_deliveries', news.length);
  const now = app.now();
  const busy = await findBusyQueues(tx, news);
  const rows = news.map((given, index): WebhookDeliveryRow => {
    const queue = given.conversation_id && queueName(given);
    const waits = queue && busy.has(queue);
    if (queue) busy.add(queue);
    return {
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
      ...given,
      payload: JSON.stringify(given.payload),
      status: waits ? 'waiting' : 'pending',
      next_attempt_at: waits ? null : (given.next_attempt_at ?? now),
      id: ids[index] as number,
    };
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

const queueName = ({ endpoint, conversation_id }: Pick<NewDelivery, 'endpoint' | 'conversation_id'>) =>
  `${endpoint} ${conversation_id}`;

/** Queues with something unsettled in them. Their conversations are locked, so that nothing settles meanwhile. */
async function findBusyQueues(tx: Tx, news: readonly NewDelivery[]): Promise<Set<string>> {
  const ids = [...new Set(news.flatMap(({ conversation_id }) => conversation_id ?? []))];
  if (!ids.length) return new Set();
  const endpoints = [...new Set(news.map(({ endpoint }) => endpoint))];
  const rows = await tx.all(
    tx.q
      .selectFrom('webhook_deliveries')
      .select(['endpoint', 'conversation_id'])
      .distinct()
      .where(isAnyTextOf(tx, 'endpoint', endpoints))
      .where(isAnyOf(tx, 'conversation_id', ids))
      .where('settled_at', 'is', null),
  );
  return new Set(rows.map(queueName));
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

/** Endpoints that have something due. */
export const listDueEndpoints = (db: Db, now: number): Promise<WebhookEndpointRow[]> =>
  db.all(
    db.q
      .selectFrom('webhook_endpoints')
      .selectAll()
      .where((on) =>
        on.exists(
          on
            .selectFrom('webhook_deliveries')
            .select('webhook_deliveries.id')
            .whereRef('webhook_deliveries.endpoint', '=', 'webhook_endpoints.endpoint')
            .where('next_attempt_at', '<=', now),
        ),
      ),
  );

export interface Claim {
  endpoint: string;
  /** At most so many. */
  limit: number;
}

/** Takes due deliveries for a while; nobody else is given them until the claim ends. */
export async function claimDue(
  tx: Tx,
  { now, claims }: { now: number; claims: readonly Claim[] },
): Promise<WebhookDeliveryRow[]> {
  const taken: WebhookDeliveryRow[] = [];
  for (const { endpoint, limit } of claims)
    taken.push(
      ...(await tx.all(sql<WebhookDeliveryRow>`
        update webhook_deliveries set claim = ${newUuid()}, next_attempt_at = ${now + claimLife}
        where id in (
          select id from webhook_deliveries where endpoint = ${endpoint} and next_attempt_at <= ${now}
          order by next_attempt_at, id limit ${limit} ${skipLocked(tx)}
        ) returning *`)),
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

/** Makes the first waiting delivery of each free queue due. With `queue`, of that one only. */
export async function promoteWaiting(
  tx: Tx,
  now: number,
  queue?: { endpoint: string; conversation_id: number | null },
): Promise<number> {
  const within = queue
    ? sql`and one.endpoint = ${queue.endpoint} and one.conversation_id = ${queue.conversation_id}`
    : sql``;
  return tx.run(sql`
    update webhook_deliveries set status = 'pending', next_attempt_at = ${now}
    where id in (
      select min(one.id) from webhook_deliveries one where one.settled_at is null and one.next_attempt_at is null ${within}
        and not exists (select 1 from webhook_deliveries other where other.settled_at is null
          and other.next_attempt_at is not null and other.conversation_id = one.conversation_id and other.endpoint = one.endpoint)
      group by one.endpoint, one.conversation_id)`);
}

/** Ends all claims: on SQLite nobody else can hold one when the server starts. With `deliveries`, only of those. */
export async function releaseClaims(
  tx: Tx,
  now: number,
  deliveries?: readonly WebhookDeliveryRow[],
): Promise<void> {
  const release = tx.q
    .updateTable('webhook_deliveries')
    .set({ claim: null, next_attempt_at: now })
    .where('next_attempt_at', 'is not', null);
  if (!deliveries) await tx.run(release.where('claim', 'is not', null));
  for (const { id, claim } of deliveries ?? [])
    await tx.run(release.where('id', '=', id).where('claim', '=', claim));
}

/** Puts settled deliveries at the place in their queues that their age gives them. @returns how many */
export async function requeue(tx: Tx, now: number, ids: readonly number[]): Promise<number> {
  const count = await tx.run(
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
      .where('settled_at', 'is not', null),
  );
  await promoteWaiting(tx, now);
  return count;
}

/** Whoever sends something by hand wants to see now whether it arrives: the endpoint is tried again at once. */
export const endRest = (tx: Tx, endpoint: string): Promise<number> =>
  tx.run(tx.q.updateTable('webhook_endpoints').set({ resting_until: null }).where('endpoint', '=', endpoint));
