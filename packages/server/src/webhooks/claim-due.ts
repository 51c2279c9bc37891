/** Claims due deliveries, at most as many of an endpoint as it has free slots, and finds their targets. */
import type { App } from '../app.ts';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';
import type { OpenRequests } from './open-requests.ts';
import { maxConcurrent } from './rules.ts';
import { type Claim, claimDue } from './store.ts';
import { listDueEndpoints } from './store-endpoints.ts';
import { findTarget, type Target } from './targets.ts';

/** A delivery that only this process may send until the claim expires. */
export type ClaimedDelivery = { delivery: WebhookDeliveryRow } & (
  | { target: Target; refusal?: undefined }
  /** Why the delivery is not attempted. */
  | { target: Target | undefined; refusal: string }
);

export async function claimDeliveries(app: App, openRequests: OpenRequests): Promise<ClaimedDelivery[]> {
  const now = app.now();
  const endpoints = await listDueEndpoints(app.db, now);
  const claims = toClaims(endpoints, openRequests, now);
  if (!claims.length) return [];
  const deliveries = await app.db.write((tx) => claimDue(tx, { now, claims }));
  const disabledUrls = new Map(endpoints.map(({ endpoint, disabled_url }) => [endpoint, disabled_url]));
  const targets = new Map<string, Target | undefined>();
  for (const { endpoint } of deliveries)
    if (!targets.has(endpoint)) targets.set(endpoint, await findTarget(app.db, endpoint));
  return deliveries.map((delivery) => {
    const target = targets.get(delivery.endpoint);
    if (!target) return { delivery, target, refusal: 'The endpoint is gone, or has no address any more' };
    const refusal = findRefusal(app, delivery, target.url === disabledUrls.get(delivery.endpoint));
    return refusal === undefined ? { delivery, target } : { delivery, target, refusal };
  });
}

/** How many deliveries of each endpoint to claim, without endpoints that have no free slot. */
function toClaims(
  endpoints: readonly WebhookEndpointRow[],
  openRequests: OpenRequests,
  now: number,
): Claim[] {
  let { free } = openRequests;
  return endpoints.flatMap((row) => {
    const { endpoint, resting_until } = row;
    const isResting = resting_until !== null && resting_until > now && !endpoint.startsWith('bot:');
    const limit = isResting ? 0 : Math.min(maxConcurrent(row) - openRequests.countOf(endpoint), free);
    if (limit <= 0) return [];
    free -= limit;
    return [{ endpoint, limit }];
  });
}

/** Age in milliseconds after which an event of typing is useless. */
const transientLifetimeMs = 30_000;

/** Why a delivery to an existing endpoint is not attempted. A test is sent to disabled endpoints too. */
function findRefusal(app: App, delivery: WebhookDeliveryRow, isDisabled: boolean): string | undefined {
  if (delivery.payload === '') return 'The contact was erased';
  if (delivery.event === 'webhook_test') return undefined;
  if (delivery.is_transient && app.now() - delivery.created_at > transientLifetimeMs)
    return 'It came too late';
  return isDisabled ? 'The endpoint answered 410 Gone and is disabled' : undefined;
}
