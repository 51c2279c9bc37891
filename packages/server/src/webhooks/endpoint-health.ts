/** Updates the state of endpoints after attempts: failures in a row, rest, and disabling after 410 Gone. */
import type { Tx } from '../db/db.ts';
import type { WebhookEndpointRow } from '../db/tables.ts';
import { type Attempt, type DeliveryOutcome, restUntil } from './rules.ts';
import { findEndpoints, updateEndpoint } from './store-endpoints.ts';
import type { Target } from './targets.ts';

export interface EndpointAttempt {
  target: Target;
  attempt: Attempt;
  verdict: DeliveryOutcome;
  /** A test that is delivered enables a disabled endpoint again. */
  isTest: boolean;
}

/** Applies attempts in their order. An endpoint is written once, and not at all when nothing that users see has changed. */
export async function recordEndpointHealth(
  tx: Tx,
  now: number,
  attempts: readonly EndpointAttempt[],
): Promise<void> {
  const names = [...new Set(attempts.map(({ target }) => target.endpoint))];
  if (!names.length) return;
  // In the order of the names, so that two nodes cannot deadlock.
  for (const row of await findEndpoints(tx, names)) {
    const after = attempts
      .filter(({ target }) => target.endpoint === row.endpoint)
      .reduce((state, attempt) => applyAttempt(state, attempt, now), row);
    if (isChanged(row, after)) await updateEndpoint(tx, row.endpoint, healthOf(after));
  }
}

function applyAttempt(
  row: WebhookEndpointRow,
  { target, attempt, verdict, isTest }: EndpointAttempt,
  now: number,
): WebhookEndpointRow {
  if (verdict.status === 'delivered')
    return {
      ...row,
      failures: 0,
      resting_until: null,
      last_success_at: now,
      ...(isTest && { disabled_url: null }),
    };
  const failures = row.failures + 1;
  const isGone = attempt.kind === 'answer' && attempt.status === 410;
  return {
    ...row,
    failures,
    resting_until: restUntil(failures, now),
    last_failure_at: now,
    last_error: verdict.error,
    ...(isGone && { disabled_url: target.url }),
  };
}

const healthOf = ({ endpoint: _, account_id: _account, ...health }: WebhookEndpointRow) => health;

/** Users see times in seconds: an endpoint that succeeds a thousand times in one is written once. */
const isChanged = (before: WebhookEndpointRow, after: WebhookEndpointRow): boolean =>
  before.failures !== after.failures ||
  before.resting_until !== after.resting_until ||
  before.disabled_url !== after.disabled_url ||
  before.last_failure_at !== after.last_failure_at ||
  toSecond(before.last_success_at) !== toSecond(after.last_success_at);

const toSecond = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms / 1000));
