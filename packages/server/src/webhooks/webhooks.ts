/** Webhooks of an account: their addresses and subscriptions (application-api.md section 6.12). */
import { type Webhook, WebhookSubscription } from '@hoory/contract';
import { lockAccount } from '../accounts/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql, Tx } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { WebhookRow } from '../db/tables.ts';
import { invalid, notFound } from '../errors.ts';
import { getInbox } from '../inboxes/store.ts';
import { isWebAddress } from '../outgoing/web-address.ts';
import { newToken, toWebhookKey } from '../secrets.ts';
import { readWords } from '../stored-json.ts';

interface WebhookInput {
  url?: string;
  name?: string | null;
  subscriptions?: WebhookSubscription[];
  inbox_id?: number | null;
}

/** A webhook with the name of its inbox. */
type NamedRow = WebhookRow & { inbox_name: string | null };

interface WebhookAnswer {
  payload: { webhook: Webhook };
}

/** The subscriptions of a webhook that is created without any: the first eight words. */
const defaultSubscriptions = WebhookSubscription.enum.slice(0, 8);

export async function listWebhooks(
  app: App,
  { account }: AgentCaller,
): Promise<{ payload: { webhooks: Webhook[] } }> {
  const rows = await app.db.all(webhookQuery(app.db, account.id).orderBy('webhooks.id'));
  return { payload: { webhooks: rows.map(toWebhook) } };
}

/** @throws invalid for a bad or taken address, not_found for the inbox */
export async function createWebhook(
  app: App,
  { account }: AgentCaller,
  input: WebhookInput & { url: string },
): Promise<WebhookAnswer> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    const columns = await columnsOf(tx, account.id, { subscriptions: defaultSubscriptions, ...input });
    const id = await newId(tx, 'webhooks');
    const now = app.now();
    const row = {
      ...columns,
      id,
      account_id: account.id,
      secret: newToken(),
      created_at: now,
      updated_at: now,
    };
    await tx.insertMany('webhooks', [row]);
    return toAnswer(await getWebhook(tx, account.id, id));
  });
}

/** @throws not_found, invalid */
export async function updateWebhook(
  app: App,
  { account }: AgentCaller,
  { id, ...input }: WebhookInput & { id: number },
): Promise<WebhookAnswer> {
  return app.db.write(async (tx) => {
    await lockAccount(tx, account.id);
    await getWebhook(tx, account.id, id);
    const columns = await columnsOf(tx, account.id, input, id);
    await tx.run(
      tx.q
        .updateTable('webhooks')
        .set({ ...columns, updated_at: app.now() })
        .where('id', '=', id),
    );
    return toAnswer(await getWebhook(tx, account.id, id));
  });
}

/** @throws not_found */
export async function deleteWebhook(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  const deleted = await app.db.run(
    app.db.q.deleteFrom('webhooks').where('account_id', '=', account.id).where('id', '=', id),
  );
  if (!deleted) throw notFound();
}

const webhookQuery = (db: Sql, account_id: number) =>
  db.q
    .selectFrom('webhooks')
    .leftJoin('inboxes', 'inboxes.id', 'webhooks.inbox_id')
    .selectAll('webhooks')
    .select('inboxes.name as inbox_name')
    .where('webhooks.account_id', '=', account_id);

async function getWebhook(db: Sql, account_id: number, id: number): Promise<NamedRow> {
  const row: NamedRow | undefined = await db.get(webhookQuery(db, account_id).where('webhooks.id', '=', id));
  if (!row) throw notFound();
  return row;
}

/** The columns that the input sets, checked. `self` is the webhook that may keep its own address. */
async function columnsOf(
  tx: Tx,
  account_id: number,
  { url, name, subscriptions, inbox_id }: WebhookInput,
  self?: number,
): Promise<Partial<WebhookRow>> {
  if (inbox_id) await getInbox(tx, account_id, inbox_id);
  return {
    ...(url !== undefined && { url: await requireFreeUrl(tx, { account_id, url: url.trim(), self }) }),
    ...(name !== undefined && { name: name?.trim() || null }),
    ...(subscriptions && { subscriptions: JSON.stringify([...new Set(subscriptions)]) }),
    ...(inbox_id !== undefined && { inbox_id: inbox_id || null }),
  };
}

async function requireFreeUrl(
  tx: Tx,
  { account_id, url, self }: { account_id: number; url: string; self: number | undefined },
): Promise<string> {
  if (!isWebAddress(url)) throw invalid('url', 'Url is not an http or https address');
  const owner = await tx.get(
    tx.q.selectFrom('webhooks').select('id').where('account_id', '=', account_id).where('url', '=', url),
  );
  if (owner && owner.id !== self) throw invalid('url', 'Url has already been taken');
  return url;
}

const isSubscription = (word: string): word is WebhookSubscription =>
  WebhookSubscription.enum.some((known) => known === word);

const toAnswer = (row: NamedRow): WebhookAnswer => ({ payload: { webhook: toWebhook(row) } });

function toWebhook(row: NamedRow): Webhook {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    account_id: row.account_id,
    subscriptions: readWords(row.subscriptions).filter(isSubscription),
    secret: row.secret,
    standard_webhooks_secret: toWebhookKey(row.secret),
    ...(row.inbox_id !== null &&
      row.inbox_name !== null && { inbox: { id: row.inbox_id, name: row.inbox_name } }),
  };
}
