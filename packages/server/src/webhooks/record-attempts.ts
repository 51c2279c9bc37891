/** Records attempts in batches: their deliveries, the next ones of their queues, the status of messages, bots and endpoints. */
import type { App } from '../app.ts';
import { openPending } from '../conversations/bot-handoff.ts';
import { lockConversationRows } from '../conversations/record/store.ts';
import type { Tx } from '../db/db.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { recordEndpointHealth } from './endpoint-health.ts';
import { markMessageFailed, restoreMessageStatus } from './message-status.ts';
import { type Attempt, type DeliveryOutcome, decideOutcome } from './rules.ts';
import {
  type AttemptedColumns,
  lockClaimed,
  promoteFirst,
  setMessageStatus,
  wakeWorkers,
  writeAttempts,
} from './store.ts';
import type { Target } from './targets.ts';

export interface FinishedAttempt {
  delivery: WebhookDeliveryRow;
  /** The target of the endpoint; undefined when the endpoint is gone. */
  target: Target | undefined;
  attempt: Attempt;
}

/** An attempt with what follows from it. */
export interface DecidedAttempt extends FinishedAttempt {
  verdict: DeliveryOutcome;
}

export const decide = (finished: FinishedAttempt, now: number): DecidedAttempt => {
  const { delivery, attempt } = finished;
  const tried = { ...delivery, attempts: delivery.attempts + 1 };
  return { ...finished, verdict: decideOutcome(tried, attempt, { now, random: Math.random() }) };
};

/**
 * Records attempts of claimed deliveries, with a fixed number of statements for any number of deliveries that were delivered. A
 * delivery whose claim has expired meanwhile, or that is deleted, is left as it is; its endpoint is updated all the same.
 */
export async function recordAttempts(app: App, tx: Tx, attempts: readonly DecidedAttempt[]): Promise<void> {
  const now = app.now();
  const deliveries = attempts.map(({ delivery }) => delivery);
  // Lock the conversations first, like every transaction that writes their deliveries, so that none joins a queue meanwhile.
  await lockConversationRows(
    tx,
    deliveries.flatMap(({ conversation_id }) => conversation_id ?? []),
  );
  const claimed = await lockClaimed(tx, deliveries);
  const ours = attempts.filter(({ delivery }) => claimed.has(delivery.id));
  await writeAttempts(
    tx,
    ours.map((one) => toColumns(one, now)),
  );
  const settled = ours.filter(({ verdict }) => verdict.status !== 'pending');
  const promoted = await promoteFirst(
    tx,
    now,
    settled.map(({ delivery }) => delivery),
  );
  wakeWorkers(app, tx, promoted);
  for (const one of settled) await updateConversation(app, tx, one);
  await recordEndpointHealth(
    tx,
    now,
    attempts.flatMap(({ delivery, target, attempt, verdict }) =>
      target ? [{ target, attempt, verdict, isTest: delivery.event === 'webhook_test' }] : [],
    ),
  );
}

const toColumns = ({ delivery, attempt, verdict }: DecidedAttempt, now: number): AttemptedColumns => ({
  id: delivery.id,
  status: verdict.status,
  attempts: delivery.attempts + 1,
  next_attempt_at: verdict.status === 'pending' ? verdict.next_attempt_at : null,
  claim: null,
  last_attempt_at: now,
  settled_at: verdict.status === 'pending' ? null : now,
  response_status: attempt.kind === 'answer' ? attempt.status : null,
  response_body: attempt.kind === 'answer' ? attempt.body : null,
  error: verdict.status === 'delivered' ? null : verdict.error,
});

/**
 * Applies the outcome to the message and its conversation: a failed delivery of an inbox fails the message, a later success restores
 * its status, and a failed delivery to a bot opens the pending conversation.
 */
async function updateConversation(app: App, tx: Tx, one: DecidedAttempt): Promise<void> {
  const { delivery, verdict } = one;
  const { conversation_id, message_id, message_status, endpoint } = delivery;
  if (conversation_id === null || message_id === null) return;
  const hasFailed = verdict.status === 'failed';
  const isOfInbox = endpoint.startsWith('inbox:') && (hasFailed || message_status !== null);
  const isOfBot = endpoint.startsWith('bot:') && hasFailed;
  if (!isOfInbox && !isOfBot) return;
  const loaded = (await lockConversations(tx, [conversation_id])).get(conversation_id);
  if (!loaded) return;
  if (isOfBot) return openPending(app, tx, loaded, 'its bot could not be reached');
  await updateMessageStatus(app, tx, { ...one, loaded, message_id });
}

type MessageOutcome = DecidedAttempt & Pick<Parameters<typeof markMessageFailed>[2], 'loaded' | 'message_id'>;

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
