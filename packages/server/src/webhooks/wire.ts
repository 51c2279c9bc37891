/** Converts deliveries and endpoints to the wire, without secrets and credentials. */
import type { WebhookDelivery, WebhookEndpoint } from '@hoory/contract';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';
import { withoutCredentials } from '../outgoing/web-address.ts';
import type { Target } from './targets.ts';

const unixOrNull = (ms: number | null) => (ms === null ? null : Math.floor(ms / 1000));

export function toDelivery(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    delivery_id: row.delivery_id,
    endpoint: row.endpoint,
    event: row.event,
    status: row.status,
    conversation_id: row.display_id,
    message_id: row.message_id,
    attempts: row.attempts,
    response_status: row.response_status,
    response_body: row.response_body,
    error: row.error,
    created_at: Math.floor(row.created_at / 1000),
    last_attempt_at: unixOrNull(row.last_attempt_at),
    next_attempt_at: unixOrNull(row.claim === null ? nextAttempt(row) : null),
    settled_at: unixOrNull(row.settled_at),
  };
}

/** A delivery that precedes all due ones has 0 in its row: the time of its creation is shown. */
const nextAttempt = ({ next_attempt_at, created_at }: WebhookDeliveryRow) =>
  next_attempt_at === null ? null : Math.max(next_attempt_at, created_at);

type State = WebhookEndpointRow & { pending: number | null };

export function toEndpoint(
  target: Target,
  state: State | undefined,
  { now, lagMs }: { now: number; lagMs: number },
): WebhookEndpoint {
  const resting = state?.resting_until != null && state.resting_until > now;
  return {
    endpoint: target.endpoint,
    name: target.name,
    url: withoutCredentials(target.url),
    state:
      state?.disabled_url === target.url
        ? 'disabled'
        : resting
          ? 'resting'
          : state?.failures
            ? 'failing'
            : 'ok',
    failures: state?.failures ?? 0,
    resting_until: resting ? unixOrNull(state.resting_until) : null,
    last_success_at: unixOrNull(state?.last_success_at ?? null),
    last_failure_at: unixOrNull(state?.last_failure_at ?? null),
    last_error: state?.last_error ?? null,
    pending: state?.pending ?? 0,
    lag: Math.floor(lagMs / 1000),
  };
}
