/** The administrators' verbs on deliveries and endpoints: look, send again, test (design.md section 9). */
import type { agentWebhookDeliveries, Input, Output, WebhookDelivery } from '@hoory/contract';
import { sql } from 'kysely';
import { getAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { lockConversations } from '../conversations/store.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { notFound, unprocessable } from '../errors.ts';
import { readPayload } from '../free-form.ts';
import { idAndName } from './forms.ts';
import { endRest, insertDeliveries, requeue, wakeWorkers } from './store.ts';
import { findTarget, listTargets } from './targets.ts';
import { toDelivery, toEndpoint } from './wire.ts';

type Endpoints = typeof agentWebhookDeliveries;

const pageSize = 50;

export async function listDeliveries(
  app: App,
  { account }: AgentCaller,
  { endpoint, message_id, status, before }: Input<Endpoints['agentListWebhookDeliveries']>,
): Promise<{ payload: WebhookDelivery[] }> {
  let query = app.db.q.selectFrom('webhook_deliveries').selectAll().where('account_id', '=', account.id);
  if (endpoint !== undefined) query = query.where('endpoint', '=', endpoint);
  if (message_id !== undefined) query = query.where('message_id', '=', message_id);
  if (status !== undefined) query = query.where('status', '=', status);
  // Said as the index says it: what is troubled is rare among what was delivered.
  if (status !== undefined && status !== 'delivered')
    query = query.where(sql<boolean>`status <> 'delivered'`);
  if (before !== undefined) query = query.where('id', '<', before);
  const rows = await app.db.all(query.orderBy('id', 'desc').limit(pageSize));
  return { payload: rows.map(toDelivery) };
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
  const row = await db.get(
    db.q
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('account_id', '=', account_id)
      .where('id', '=', id),
  );
  if (!row) throw notFound();
  return row;
}

/** A settled delivery starts anew, one that waits for its next attempt goes at once. @throws not_found, unprocessable */
export async function replayDelivery(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<WebhookDelivery> {
  const { conversation_id } = await getDelivery(app.db, account.id, id);
  return app.db.write(async (tx) => {
    await lockQueue(tx, conversation_id);
    const row = await getDelivery(tx, account.id, id);
    if (row.payload === '') throw unprocessable('The contact that this delivery told of was erased');
    if (row.settled_at !== null) await requeue(tx, app.now(), [row.id]);
    else if (row.next_attempt_at !== null && row.claim === null)
      await tx.run(
        tx.q
          .updateTable('webhook_deliveries')
          .set({ next_attempt_at: app.now() })
          .where('id', '=', id)
          .where('claim', 'is', null),
      );
    await endRest(tx, row.endpoint);
    wakeWorkers(app, tx);
    return toDelivery(await getDelivery(tx, account.id, id));
  }, conversation_id ?? undefined);
}

/** As everybody who writes a delivery of this conversation, so that whether its queue is free is certain. */
async function lockQueue(tx: Tx, conversation_id: number | null): Promise<void> {
  if (conversation_id !== null) await lockConversations(tx, [conversation_id]);
}

/** How many deliveries one transaction of a replay takes. */
const portion = 500;

/** Everything settled that was caused in the span, in its order. @throws not_found for the endpoint */
export async function replayDeliveries(
  app: App,
  { account }: AgentCaller,
  { endpoint, since, until }: Input<Endpoints['agentReplayWebhookDeliveries']>,
): Promise<{ count: number }> {
  await requireTarget(app.db, account.id, endpoint);
  const from = since * 1000;
  const to = until === undefined ? app.now() : (until + 1) * 1000 - 1;
  let count = 0;
  for (let after = 0; ; ) {
    const rows = await app.db.all(
      app.db.q
        .selectFrom('webhook_deliveries')
        .select(['id', 'conversation_id'])
        .where('account_id', '=', account.id)
        .where('endpoint', '=', endpoint)
        .where('id', '>', after)
        .where('created_at', '>=', from)
        .where('created_at', '<=', to)
        .where('settled_at', 'is not', null)
        .where('is_transient', '=', 0)
        .where('payload', '<>', '')
        .orderBy('id')
        .limit(portion),
    );
    const last = rows.at(-1);
    if (!last) return { count };
    after = last.id;
    count += await app.db.write(async (tx) => {
      await lockConversations(
        tx,
        rows.flatMap(({ conversation_id }) => conversation_id ?? []),
      );
      await endRest(tx, endpoint);
      wakeWorkers(app, tx);
      return requeue(
        tx,
        app.now(),
        rows.map(({ id }) => id),
      );
    });
  }
}

async function requireTarget(db: Sql, account_id: number, endpoint: string) {
  const target = await findTarget(db, endpoint);
  if (target?.account_id !== account_id) throw notFound();
  return target;
}

/** Sends one test event, once and before all that is due; the answer's row says later what came of it. @throws not_found */
export async function testEndpoint(
  app: App,
  { account }: AgentCaller,
  { endpoint }: Input<Endpoints['agentTestWebhookEndpoint']>,
): Promise<WebhookDelivery> {
  await requireTarget(app.db, account.id, endpoint);
  return app.db.write(async (tx) => {
    const event = 'webhook_test';
    const payload = {
      account: idAndName(await getAccount(tx, account.id)),
      message: 'This is a test. Whatever receives it works.',
      event,
    };
    const [row] = await insertDeliveries(app, tx, [
      { account_id: account.id, endpoint, event, is_transient: 1, next_attempt_at: 0, payload },
    ]);
    await endRest(tx, endpoint);
    return toDelivery(row as WebhookDeliveryRow);
  });
}

/** Everything of the account that has an address, with what its deliveries met. */
export async function listEndpoints(
  app: App,
  { account }: AgentCaller,
): Promise<Output<Endpoints['agentListWebhookEndpoints']>> {
  const { db } = app;
  const targets = await listTargets(db, account.id);
  const states = await db.all(
    db.q
      .selectFrom('webhook_endpoints')
      .selectAll()
      .select((on) =>
        on
          .selectFrom('webhook_deliveries')
          .select((count) => count.fn.countAll<number>().as('pending'))
          .whereRef('webhook_deliveries.endpoint', '=', 'webhook_endpoints.endpoint')
          .where('settled_at', 'is', null)
          .as('pending'),
      )
      .where('account_id', '=', account.id),
  );
  const byEndpoint = new Map(states.map((state) => [state.endpoint, state]));
  return {
    payload: targets.map((target) => toEndpoint(target, byEndpoint.get(target.endpoint), app.now())),
  };
}
