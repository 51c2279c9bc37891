/** Records an attempt: its delivery, the next delivery of the queue, the status of the message, the bot and the endpoint. */
import type { App } from '../app.ts';
import { openPending } from '../conversations/bot-handoff.ts';
import type { Tx } from '../db/db.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import { recordEndpointHealth } from './endpoint-health.ts';
import { markMessageFailed, restoreMessageStatus } from './message-status.ts';
import { type Attempt, type DeliveryOutcome, decideOutcome } from './rules.ts';
import { promoteFirst, setMessageStatus, settleDelivery, wakeWorkers } from './store.ts';
import type { Target } from './targets.ts';

export interface FinishedAttempt {
  delivery: WebhookDeliveryRow;
  /** Undefined when the endpoint is gone. */
  target: Target | undefined;
  attempt: Attempt;
}

/** Records the attempt of a claimed delivery. Changes nothing but the endpoint when the claim has expired meanwhile. */
export async function recordAttempt(app: App, { delivery, target, attempt }: FinishedAttempt): Promise<void> {
  const now = app.now();
  const attempts = delivery.attempts + 1;
  const verdict = decideOutcome({ ...delivery, attempts }, attempt, { now, random: Math.random() });
  const { conversation_id } = delivery;
  await app.db.write(async (tx) => {
    // Lock the conversation first, like every transaction that writes its deliveries, so that none joins the queue meanwhile.
    const loaded =
      conversation_id !== null && (await hasConversation(tx, conversation_id))
        ? await lockConversation(tx, conversation_id)
        : undefined;
    const isOurs = await settleDelivery(tx, delivery, {
      ...toAttemptColumns(verdict, attempt),
      attempts,
      last_attempt_at: now,
      ...(verdict.status !== 'pending' && { settled_at: now }),
    });
    if (!isOurs || verdict.status === 'pending') return;
    const { endpoint } = delivery;
    if (conversation_id !== null && (await promoteFirst(tx, now, [{ endpoint, conversation_id }])))
      wakeWorkers(app, tx);
    if (!loaded || !delivery.message_id) return;
    if (delivery.endpoint.startsWith('inbox:'))
      await updateMessageStatus(app, tx, {
        loaded,
        delivery,
        message_id: delivery.message_id,
        verdict,
        attempt,
      });
    if (delivery.endpoint.startsWith('bot:') && verdict.status === 'failed')
      await openPending(app, tx, loaded, 'its bot could not be reached');
  });
  app.metrics.deliveries.inc({ outcome: verdict.status === 'pending' ? 'retried' : verdict.status });
  if (target)
    await recordEndpointHealth(app, { target, attempt, verdict, isTest: delivery.event === 'webhook_test' });
}

interface MessageOutcome {
  loaded: LoadedConversation;
  delivery: WebhookDeliveryRow;
  message_id: number;
  verdict: DeliveryOutcome;
  attempt: Attempt;
}

/** A failed delivery fails its message; a later success restores the status that the message had before. */
async function updateMessageStatus(
  app: App,
  tx: Tx,
  { loaded, delivery: { id, message_status }, message_id, verdict, attempt }: MessageOutcome,
): Promise<void> {
  if (verdict.status === 'failed') {
    const error = (attempt.kind === 'refused' && attempt.inPublic) || verdict.error;
    const status = await markMessageFailed(app, tx, { loaded, message_id, error });
    if (status !== undefined) await setMessageStatus(tx, id, status);
  } else if (message_status !== null) {
    await restoreMessageStatus(app, tx, { loaded, message_id, status: message_status });
    await setMessageStatus(tx, id, null);
  }
}

const hasConversation = async (tx: Tx, id: number) =>
  (await tx.get(tx.q.selectFrom('conversations').select('id').where('id', '=', id))) !== undefined;

const toAttemptColumns = (verdict: DeliveryOutcome, attempt: Attempt): Partial<WebhookDeliveryRow> => ({
  status: verdict.status,
  error: verdict.status === 'delivered' ? null : verdict.error,
  next_attempt_at: verdict.status === 'pending' ? verdict.next_attempt_at : null,
  response_status: attempt.kind === 'answer' ? attempt.status : null,
  response_body: attempt.kind === 'answer' ? attempt.body : null,
});
