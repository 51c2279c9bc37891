/** Updates the state of an endpoint after an attempt: failures in a row, rest, and disabling after 410 Gone. */
import type { App } from '../app.ts';
import type { WebhookEndpointRow } from '../db/tables.ts';
import { type Attempt, type DeliveryOutcome, restUntil } from './rules.ts';
import { findEndpoint, updateEndpoint } from './store-endpoints.ts';
import type { Target } from './targets.ts';

export interface EndpointAttempt {
  target: Target;
  attempt: Attempt;
  verdict: DeliveryOutcome;
  /** A test that is delivered enables a disabled endpoint again. */
  isTest: boolean;
}

export async function recordEndpointHealth(
  app: App,
  { target, attempt, verdict, isTest }: EndpointAttempt,
): Promise<void> {
  const now = app.now();
  await app.db.write(async (tx) => {
    const row = await findEndpoint(tx, target.endpoint);
    if (!row) return;
    const isGone = attempt.kind === 'answer' && attempt.status === 410;
    await updateEndpoint(tx, target.endpoint, {
      ...(verdict.status === 'delivered'
        ? successColumns(now, isTest)
        : failureColumns(row, verdict.error, now)),
      ...(isGone && { disabled_url: target.url }),
    });
  });
}

const successColumns = (now: number, isTest: boolean): Partial<WebhookEndpointRow> => ({
  failures: 0,
  resting_until: null,
  last_success_at: now,
  ...(isTest && { disabled_url: null }),
});

function failureColumns(
  { failures }: WebhookEndpointRow,
  error: string,
  now: number,
): Partial<WebhookEndpointRow> {
  return {
    failures: failures + 1,
    resting_until: restUntil(failures + 1, now),
    last_failure_at: now,
    last_error: error,
  };
}
