/** Addresses and secrets of endpoints. They are read for each attempt, so that a change takes effect at once. */
import { sql } from 'kysely';
import type { Sql } from '../db/db.ts';

export interface Target {
  endpoint: string;
  account_id: number;
  name: string | null;
  url: string;
  secret: string;
}

const columnsOf = {
  inbox: sql`select 'inbox:' || id as endpoint, account_id, name, webhook_url as url, secret from inboxes where webhook_url is not null`,
  webhook: sql`select 'webhook:' || id as endpoint, account_id, name, url, secret from webhooks where url is not null`,
  bot: sql`select 'bot:' || id as endpoint, account_id, name, outgoing_url as url, secret from agent_bots where outgoing_url is not null`,
};

type Kind = keyof typeof columnsOf;

const isKind = (text: string): text is Kind => Object.hasOwn(columnsOf, text);

/** Every endpoint of the account that has an address, webhooks of inboxes first. */
export async function listTargets(db: Sql, account_id: number): Promise<Target[]> {
  const targets: Target[] = [];
  for (const kind of ['inbox', 'webhook', 'bot'] as const)
    targets.push(
      ...(await db.all(sql<Target>`${columnsOf[kind]} and account_id = ${account_id} order by id`)),
    );
  return targets;
}

/** The endpoint's address and secret; undefined when the endpoint is deleted or has no address. */
export async function findTarget(db: Sql, endpoint: string): Promise<Target | undefined> {
  const [kind = '', id] = endpoint.split(':');
  return isKind(kind) ? db.get(sql<Target>`${columnsOf[kind]} and id = ${Number(id)}`) : undefined;
}
