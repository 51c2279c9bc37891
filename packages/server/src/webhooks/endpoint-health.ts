/** How endpoints do: failures in a row, rest, and the end of those that answer 410 Gone. */
import type { App } from '../app.ts';
import type { WebhookEndpointRow } from '../db/tables.ts';
import { type Attempt, type DeliveryOutcome, restUntil } from './rules.ts';
import type { Target } from './targets.ts';

export interface EndpointAttempt {
  target: Target;
  attempt: Attempt;
  verdict: DeliveryOutcome;
  /** A test that arrives brings a disabled endpoint back. */
  isTest: boolean;
}

/** Remembers what an attempt says about its endpoint. */
export async function recordEndpointHealth(
  app: App,
  { target, attempt, verdict, isTest }: EndpointAttempt,
): Promise<void> {
  const now = app.now();
  await app.db.write(async (tx) => {
    const row = await tx.get(
      tx.q.selectFrom('webhook_endpoints').selectAll().where('endpoint', '=', target.endpoint),
    );
    if (!row) return;
    await tx.run(
      tx.q
        .updateTable('webhook_endpoints')
        .set(
          verdict.status === 'delivered'
            ? successColumns(now, isTest)
            : failureColumns(row, verdict.error, now),
        )
        .where('endpoint', '=', target.endpoint),
    );
    if (attempt.kind === 'answer' && attempt.status === 410)
      await tx.run(
        tx.q
          .updateTable('webhook_endpoints')
          .set({ disabled_url: target.url })
          .where('endpoint', '=', target.endpoint),
      );
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
