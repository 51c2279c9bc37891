/** The administrators' verbs on deliveries and endpoints: list, show, replay, test (decisions.md 9). */
import type { agentWebhookDeliveries, DeliveryStatus, Input, Output, WebhookDelivery } from '@hoory/contract';
import { sql } from 'kysely';
import { getAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { lockConversationRows } from '../conversations/record/store.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { readWithPayloads } from '../db/packs.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { notFound, unprocessable } from '../errors.ts';
import { readPayload } from '../free-form.ts';
import { toIdAndName } from './payload-parts.ts';
import { insertDeliveries, makeDue, requeue, wakeWorkers } from './store.ts';
import { endEndpointRest, findLags } from './store-endpoints.ts';
import { findTarget, listTargets } from './targets.ts';
import { toDelivery, toEndpoint } from './wire.ts';

type Endpoints = typeof agentWebhookDeliveries;

const pageSize = 50;

export async function listDeliveries(
  app: App,
  { account }: AgentCaller,
  { endpoint, message_id, status, before }: Input<Endpoints['agentListWebhookDeliveries']>,
): Promise<{ payload: WebhookDelivery[] }> {
  const ids =
    message_id === undefined
      ? await idsByStatus(app.db.longReads, {
          account_id: account.id,
          endpoint,
          statuses: status === undefined ? everyStatus : [status],
          page: { direction: 'desc', from: before, size: pageSize },
        })
      : await idsOfMessage(app.db, { account_id: account.id, endpoint, message_id, status, before });
  const rows: WebhookDeliveryRow[] = await app.db.all(
    app.db.q
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where(isAnyOf(app.db, 'id', ids))
      .orderBy('id', 'desc'),
  );
  return { payload: rows.map(toDelivery) };
}

const everyStatus: readonly DeliveryStatus[] = ['waiting', 'pending', 'delivered', 'failed'];
const settledStatuses: readonly DeliveryStatus[] = ['delivered', 'failed'];

interface StatusQuery {
  account_id: number;
  endpoint: string | undefined;
  statuses: readonly DeliveryStatus[];
  /** `from` itself is not in the page. */
  page: { direction: 'asc' | 'desc'; from: number | undefined; size: number };
}

/** A page of ids in order. Merges one list per status, each of which reads at most a page of its index. */
async function idsByStatus(
  db: Sql,
  { account_id, endpoint, statuses, page: { direction, from, size } }: StatusQuery,
): Promise<number[]> {
  const order = sql.raw(direction);
  const lists = statuses.map(
    (status) => sql`select * from (
      select id from webhook_deliveries where account_id = ${account_id} and status = ${status}
        ${endpoint === undefined ? sql`` : sql`and endpoint = ${endpoint}`}
        ${from === undefined ? sql`` : direction === 'asc' ? sql`and id > ${from}` : sql`and id < ${from}`}
      order by id ${order} limit ${size}) as list`,
  );
  const rows = await db.all(
    sql<{
      id: number;
    }>`select id from (${sql.join(lists, sql` union all `)}) as lists order by id ${order} limit ${size}`,
  );
  return rows.map(({ id }) => id);
}

interface MessageQuery {
  account_id: number;
  endpoint: string | undefined;
  message_id: number;
  status: DeliveryStatus | undefined;
  before: number | undefined;
}

/** Reads all deliveries of a message: it has few, one per event and endpoint. */
async function idsOfMessage(db: Sql, wanted: MessageQuery): Promise<number[]> {
  const { account_id, endpoint, message_id, status, before } = wanted;
  const rows = await db.all(
    db.q
      .selectFrom('webhook_deliveries')
      .select(['id', 'account_id', 'endpoint', 'status'])
      .where('message_id', '=', message_id)
      .orderBy('id', 'desc'),
  );
  return rows
    .filter((row) => row.account_id === account_id && row.id < (before ?? Number.POSITIVE_INFINITY))
    .filter((row) => row.endpoint === (endpoint ?? row.endpoint) && row.status === (status ?? row.status))
    .slice(0, pageSize)
    .map(({ id }) => id);
}

/** @throws not_found */
export async function showDelivery(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<Output<Endpoints['agentGetWebhookDelivery']>> {
  const row = await getDelivery(app.db, account.id, id);
  return { ...toDelivery(row), payload: readPayload(row.payload || '{}') };
}

async function getDelivery(db: Sql, account_id: number, id: number): Promise<WebhookDeliveryRow> {
  const [row] = await readWithPayloads(db, () =>
    db.all(
      db.q
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('account_id', '=', account_id)
        .where('id', '=', id),
    ),
  );
  if (!row) throw notFound();
  return row;
}

/** Queues a settled delivery again, or makes one due that waits for its next attempt. @throws not_found, unprocessable */
export async function replayDelivery(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<WebhookDelivery> {
  const { conversation_id } = await getDelivery(app.db, account.id, id);
  return app.db.write(async (tx) => {
    await lockQueue(tx, conversation_id);
    const row = await getDelivery(tx, account.id, id);
    if (row.payload === '')
      throw unprocessable('The contact of this delivery was erased, and its payload with it');
    if (row.settled_at !== null) await requeue(app, tx, [row.id]);
    else if (row.next_attempt_at !== null && row.claim === null) await makeDue(tx, app.now(), id);
    await endEndpointRest(tx, row.endpoint);
    wakeWorkers(app, tx, [row.endpoint]);
    return toDelivery(await getDelivery(tx, account.id, id));
  });
}

/** Locks the conversation, like every transaction that writes its deliveries, so that none joins the queue meanwhile. */
async function lockQueue(tx: Tx, conversation_id: number | null): Promise<void> {
  if (conversation_id !== null) await lockConversationRows(tx, [conversation_id]);
}

/** Deliveries that one statement of a replay reads, and one transaction queues. */
const batchSize = 200;

/** Queues the settled deliveries again that were created in the time span, in their order. @throws not_found for the endpoint */
export async function replayDeliveries(
  app: App,
  { account }: AgentCaller,
  { endpoint, since, until }: Input<Endpoints['agentReplayWebhookDeliveries']>,
): Promise<{ count: number }> {
  await requireTarget(app.db, account.id, endpoint);
  const span = { from: since * 1000, to: until === undefined ? app.now() : (until + 1) * 1000 - 1 };
  let count = 0;
  for (let after = 0; ; ) {
    const ids = await idsByStatus(app.db, {
      account_id: account.id,
      endpoint,
      statuses: settledStatuses,
      page: { direction: 'asc', from: after, size: batchSize },
    });
    count += await replayBatch(app, { endpoint, ids, ...span });
    if (ids.length < batchSize) return { count };
    after = ids.at(-1) ?? after;
  }
}

interface ReplayBatch {
  endpoint: string;
  ids: readonly number[];
  from: number;
  to: number;
}

async function replayBatch(app: App, { endpoint, ids, from, to }: ReplayBatch): Promise<number> {
  const rows = await app.db.all(
    app.db.q
      .selectFrom('webhook_deliveries')
      .select(['id', 'conversation_id'])
      .where(isAnyOf(app.db, 'id', ids))
      .where('created_at', '>=', from)
      .where('created_at', '<=', to)
      .where('is_transient', '=', 0)
      .where((on) => on.or([on('payload', '<>', ''), on('pack_id', 'is not', null)])),
  );
  if (!rows.length) return 0;
  return app.db.write(async (tx) => {
    await lockConversationRows(
      tx,
      rows.flatMap(({ conversation_id }) => conversation_id ?? []),
    );
    await endEndpointRest(tx, endpoint);
    return requeue(
      app,
      tx,
      rows.map(({ id }) => id),
    );
  });
}

async function requireTarget(db: Sql, account_id: number, endpoint: string) {
  const target = await findTarget(db, endpoint);
  if (target?.account_id !== account_id) throw notFound();
  return target;
}

/** Sends a test event once, before all due deliveries. Its outcome is in the returned delivery later. @throws not_found */
export async function testEndpoint(
  app: App,
  { account }: AgentCaller,
  { endpoint }: Input<Endpoints['agentTestWebhookEndpoint']>,
): Promise<WebhookDelivery> {
  await requireTarget(app.db, account.id, endpoint);
  return app.db.write(async (tx) => {
    const event = 'webhook_test';
    const payload = {
      account: toIdAndName(await getAccount(tx, account.id)),
      message: 'This is a test. Whatever receives it works.',
      event,
    };
    const [row] = await insertDeliveries(app, tx, [
      { account_id: account.id, endpoint, event, is_transient: 1, next_attempt_at: 0, payload },
    ]);
    await endEndpointRest(tx, endpoint);
    if (!row) throw new Error('the test delivery was not inserted');
    return toDelivery(row);
  });
}

/** Unsettled deliveries of an endpoint are counted up to this number, as the contract says. */
const maxCounted = 10_000;

/** All endpoints of the account with the outcome of their deliveries. */
export async function listEndpoints(
  app: App,
  { account }: AgentCaller,
): Promise<Output<Endpoints['agentListWebhookEndpoints']>> {
  const { db } = app;
  const now = app.now();
  const targets = await listTargets(db, account.id);
  const states = await db.all(
    db.q
      .selectFrom('webhook_endpoints')
      .selectAll()
      .select(
        sql<number>`(select count(*) from (
          select id from webhook_deliveries
          where webhook_deliveries.endpoint = webhook_endpoints.endpoint and settled_at is null
          limit ${sql.lit(maxCounted)}) as unsettled)`.as('pending'),
      )
      .where('account_id', '=', account.id),
  );
  const byEndpoint = new Map(states.map((state) => [state.endpoint, state]));
  const lags = await findLags(
    db,
    now,
    states.map(({ endpoint }) => endpoint),
  );
  return {
    payload: targets.map((target) =>
      toEndpoint(target, byEndpoint.get(target.endpoint), { now, lagMs: lags.get(target.endpoint) ?? 0 }),
    ),
  };
}
