/** Addresses and secrets of endpoints. They are read for each attempt, so that a change takes effect at once. */
import { sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import { isAnyOf, listValue } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';

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

/** Every endpoint of the account that has an address, webhooks of inboxes first. */
export async function listTargets(db: Sql, account_id: number): Promise<Target[]> {
  const targets: Target[] = [];
  for (const kind of ['inbox', 'webhook', 'bot'] as const)
    targets.push(
      ...(await db.all(sql<Target>`${columnsOf[kind]} and account_id = ${account_id} order by id`)),
    );
  return targets;
}

/** The secret of the first endpoint of any account that has this address. */
export async function findSecretOf(db: Sql, url: string): Promise<string | undefined> {
  const target = await db.get(
    sql<Target>`select * from (${columnsOf.webhook} union all ${columnsOf.inbox} union all ${columnsOf.bot}) as targets
      where url = ${url} order by endpoint limit 1`,
  );
  return target?.secret;
}

/** The endpoint's address and secret; undefined when the endpoint is deleted or has no address. */
export const findTarget = async (db: Sql, endpoint: string): Promise<Target | undefined> =>
  (await findTargets(db, [endpoint])).get(endpoint);

/** Targets by endpoint, as `findTarget` finds one, with one statement for all. */
export async function findTargets(db: Sql, endpoints: readonly string[]): Promise<Map<string, Target>> {
  const idsOf = (kind: Kind) => endpoints.filter((one) => one.startsWith(`${kind}:`)).map(toId);
  const [inboxes, webhooks, bots] = [idsOf('inbox'), idsOf('webhook'), idsOf('bot')];
  const list = (ids: readonly number[]) => listValue(db, ids);
  const found = await db.all(
    targetsByIds(db, { inboxes: list(inboxes), webhooks: list(webhooks), bots: list(bots) }),
  );
  return new Map(found.map((target) => [target.endpoint, target]));
}

const toId = (endpoint: string): number => Number(endpoint.slice(endpoint.indexOf(':') + 1));

const targetsByIds = preparedQuery(
  (_q, place: { inboxes: unknown; webhooks: unknown; bots: unknown }, db) => sql<Target>`
    ${columnsOf.inbox} and ${isAnyOf(db, 'id', place.inboxes)}
    union all ${columnsOf.webhook} and ${isAnyOf(db, 'id', place.webhooks)}
    union all ${columnsOf.bot} and ${isAnyOf(db, 'id', place.bots)}`,
);
