/** Claims due deliveries, at most as many of an endpoint as it has free slots, and finds their targets. */
import type { App } from '../app.ts';
import type { Scope } from '../db/db.ts';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';
import type { DueEndpoints } from './due-endpoints.ts';
import type { OpenRequests } from './open-requests.ts';
import { type EndpointSlots, shareSlots } from './slots.ts';
import { type Claim, claimDue } from './store.ts';
import { findEndpoints } from './store-endpoints.ts';
import { findTargets, type Target } from './targets.ts';

/** A delivery that only this process may send until the claim expires. */
export type ClaimedDelivery = { delivery: WebhookDeliveryRow } & (
  | { target: Target; refusal?: undefined }
  /** Why the delivery is not attempted. */
  | { target: Target | undefined; refusal: string }
);

export async function claimDeliveries(
  app: App,
  openRequests: OpenRequests,
  due: DueEndpoints,
): Promise<ClaimedDelivery[]> {
  const { free } = openRequests;
  // The endpoints stay due until a slot is free.
  if (free <= 0) return [];
  const now = app.now();
  const names = await due.take(app.db, now);
  try {
    return await claimOf(app, { names, due, openRequests, free, now });
  } catch (error) {
    due.add(names);
    throw error;
  }
}

/** A claim changes due deliveries only, and those of a job beside it are either found or due in the next round. */
const claimScope: Scope = ['webhook_claims'];

interface ClaimRound {
  names: readonly string[];
  due: DueEndpoints;
  openRequests: OpenRequests;
  free: number;
  now: number;
}

async function claimOf(
  app: App,
  { names, due, openRequests, free, now }: ClaimRound,
): Promise<ClaimedDelivery[]> {
  if (!names.length) return [];
  const endpoints = (await findEndpoints(app.db, names)).filter((row) => !isResting(row, now));
  const slots = endpoints.map((row) => openRequests.slotsOf(row));
  const claims = shareSlots(slots, free);
  if (!claims.length) return [];
  // The targets are read after the deliveries were found, so that a change of an address applies to every later event.
  const [deliveries, targets] = await app.db.write(
    (tx) => Promise.all([claimDue(tx, { now, claims }), findTargets(tx, names)]),
    claimScope,
  );
  due.add(limitedByPool({ slots, claims, deliveries }));
  const disabledUrls = new Map(endpoints.map(({ endpoint, disabled_url }) => [endpoint, disabled_url]));
  return deliveries.map((delivery) => {
    const target = targets.get(delivery.endpoint);
    if (!target) return { delivery, target, refusal: 'The endpoint is gone, or has no address any more' };
    const refusal = findRefusal(app, delivery, target.url === disabledUrls.get(delivery.endpoint));
    return refusal === undefined ? { delivery, target } : { delivery, target, refusal };
  });
}

/** Bots never rest: a contact waits for the answer. */
const isResting = ({ endpoint, resting_until }: WebhookEndpointRow, now: number): boolean =>
  resting_until !== null && resting_until > now && !endpoint.startsWith('bot:');

interface ClaimOutcome {
  slots: readonly EndpointSlots[];
  claims: readonly Claim[];
  deliveries: readonly WebhookDeliveryRow[];
}

/**
 * Endpoints that may have more due deliveries and slots of their own, but got no more from the pool. Others with more deliveries
 * are due again when one of their requests ends.
 */
function limitedByPool({ slots, claims, deliveries }: ClaimOutcome): string[] {
  const limits = new Map(claims.map(({ endpoint, limit }) => [endpoint, limit]));
  const counts = new Map<string, number>();
  for (const { endpoint } of deliveries) counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
  return slots
    .filter(({ endpoint, open, most }) => {
      const limit = limits.get(endpoint) ?? 0;
      return limit < most - open && (counts.get(endpoint) ?? 0) === limit;
    })
    .map(({ endpoint }) => endpoint);
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
