/** SQL of the state of endpoints: failures in a row, rest, and the end of those that answered 410 Gone. */
import { sql } from 'kysely';
import type { Db, Sql, Tx } from '../db/db.ts';
import { isAnyTextOf, listValue } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';

/** Inserts the missing endpoints of these deliveries, in a fixed order so that two transactions cannot deadlock. */
export async function insertEndpoints(
  tx: Tx,
  rows: readonly Pick<WebhookDeliveryRow, 'endpoint' | 'account_id'>[],
): Promise<void> {
  const missing = new Map(rows.map(({ endpoint, account_id }) => [endpoint, account_id]));
  for (const [endpoint, account_id] of [...missing].sort(([a], [b]) => (a < b ? -1 : 1)))
    await tx.run(
      tx.q
        .insertInto('webhook_endpoints')
        .values({ ...newEndpoint, endpoint, account_id })
        .onConflict((conflict) => conflict.doNothing()),
    );
}

const newEndpoint = {
  failures: 0,
  resting_until: null,
  disabled_url: null,
  last_success_at: null,
  last_failure_at: null,
  last_error: null,
};

const endpointsByNames = preparedQuery((q, place: { names: unknown }, db) =>
  q
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where(isAnyTextOf(db, 'endpoint', place.names))
    .orderBy('endpoint'),
);

/** Rows of endpoints by name, in the order of their names; names without one are missing in the answer. */
export const findEndpoints = (db: Sql, names: readonly string[]): Promise<WebhookEndpointRow[]> =>
  db.all(endpointsByNames(db, { names: listValue(db, names) }));

export const updateEndpoint = (
  tx: Tx,
  endpoint: string,
  changes: Partial<WebhookEndpointRow>,
): Promise<number> =>
  tx.run(tx.q.updateTable('webhook_endpoints').set(changes).where('endpoint', '=', endpoint));

/** Ends the rest of an endpoint, so that a delivery which a user sends by hand is tried at once. */
export const endEndpointRest = (tx: Tx, endpoint: string): Promise<number> =>
  updateEndpoint(tx, endpoint, { resting_until: null });

/** An endpoint with scheduled deliveries, and the time at which the first of them is due. */
type BusyEndpoint = WebhookEndpointRow & { due_at: number };

/** Endpoints that one query reads. */
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

/** Endpoints with a delivery that is due at `now`, in milliseconds. */
export async function listDueEndpoints(db: Db, now: number): Promise<BusyEndpoint[]> {
  const due: BusyEndpoint[] = [];
  for (let after = ''; ; ) {
    const page = await db.all(busyEndpoints(db, { after }));
    due.push(...page.filter(({ due_at }) => due_at <= now));
    if (page.length < endpointsPerPage) return due;
    after = page.at(-1)?.endpoint ?? after;
  }
}

const firstDue = preparedQuery(
  (_q, place: { names: unknown; now: number }, db) => sql<{ endpoint: string; since: number | null }>`
    select endpoint, (
      select case when one.attempts = 0 then one.created_at else one.next_attempt_at end from webhook_deliveries as one
      where one.endpoint = webhook_endpoints.endpoint and one.next_attempt_at <= ${place.now}
      order by one.next_attempt_at, one.id limit 1) as since
    from webhook_endpoints where ${isAnyTextOf(db, 'endpoint', place.names)}`,
);

/**
 * How long the first due delivery of each of these endpoints waits, in milliseconds: since its creation, or since it was due again
 * after an attempt. Endpoints without one are missing in the answer.
 */
export async function findLags(
  db: Db,
  now: number,
  endpoints: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.all(firstDue(db, { names: listValue(db, endpoints), now }));
  return new Map(
    rows.flatMap(({ endpoint, since }) => (since === null ? [] : [[endpoint, Math.max(0, now - since)]])),
  );
}

/** Due deliveries of an endpoint are counted up to this number. */
export const maxDueCounted = 1000;

// In the order of an index: PostgreSQL would read the whole table for the few rows that it needs.
const dueCounts = preparedQuery(
  (_q, place: { names: unknown; now: number }, db) => sql<{ count: number }>`
    select (select count(*) from (
      select id from webhook_deliveries as one
      where one.endpoint = webhook_endpoints.endpoint and one.next_attempt_at <= ${place.now}
      order by one.endpoint, one.next_attempt_at, one.id limit ${sql.lit(maxDueCounted)}) as due) as count
    from webhook_endpoints where ${isAnyTextOf(db, 'endpoint', place.names)}`,
);

/** Due deliveries, of each endpoint up to `maxDueCounted`. */
export async function countDue(db: Db, now: number): Promise<number> {
  const endpoints = (await listDueEndpoints(db, now)).map(({ endpoint }) => endpoint);
  const counts = await db.all(dueCounts(db, { names: listValue(db, endpoints), now }));
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** The longest lag of the endpoints that do not rest, in milliseconds; of one account where it is given. */
export async function findLongestLag(db: Db, now: number, account_id?: number): Promise<number> {
  const due = (await listDueEndpoints(db, now))
    .filter((endpoint) => account_id === undefined || endpoint.account_id === account_id)
    .filter(({ resting_until }) => (resting_until ?? 0) <= now);
  const lags = await findLags(
    db,
    now,
    due.map(({ endpoint }) => endpoint),
  );
  return Math.max(0, ...lags.values());
}

/** Endpoints of which `findFailing` names at most. */
const maxFailing = 20;

/** Endpoints that answered 410 Gone or whose last attempt failed, those with most failures first; of one account where it is given. */
export const findFailing = (db: Sql, account_id?: number): Promise<WebhookEndpointRow[]> => {
  const failing = db.q
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where((on) => on.or([on('failures', '>', 0), on('disabled_url', 'is not', null)]))
    .orderBy('failures', 'desc')
    .orderBy('endpoint')
    .limit(maxFailing);
  return db.all(account_id === undefined ? failing : failing.where('account_id', '=', account_id));
};
