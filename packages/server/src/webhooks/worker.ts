/**
 * Sends due deliveries: claims them, attempts each once, and records the outcome. It guarantees:
 *
 * - No delivery is lost: a claim is a lease in the database. Whatever this process does not record is due again.
 * - A dead receiver delays no other one: each endpoint has its own slots, and only free slots are claimed for.
 * - A conversation's events reach an endpoint in order: only the first unsettled one of a conversation is ever due.
 */
import type { App } from '../app.ts';
import { DatabaseFailed } from '../db/database-failed.ts';
import { type ClaimedDelivery, claimDeliveries } from './claim-due.ts';
import { ClaimLoop, pollIntervalMs } from './claim-loop.ts';
import { attemptDelivery } from './deliver.ts';
import { isCutByStop, OpenRequests } from './open-requests.ts';
import { type FinishedAttempt, recordAttempt } from './record-attempt.ts';
import type { Attempt } from './rules.ts';
import { listClaimed, releaseClaims, wakeTopic } from './store.ts';

export interface Worker {
  /** Waits for open requests, aborts those that do not end in time, releases their claims, and stops. */
  close(): Promise<void>;
}

export function openWorker(app: App): Worker {
  const openRequests = new OpenRequests(app);
  let isStopping = false;
  const loop = new ClaimLoop(app.log, async () => {
    for (const claimed of await claimDeliveries(app, openRequests)) {
      const { delivery } = claimed;
      const sent = openRequests.start(delivery, (signal) =>
        sendAndRecord(app, claimed, { signal, isStopping: () => isStopping }).catch((err) =>
          app.log.error({ err, delivery: delivery.id }, 'a webhook could not be settled'),
        ),
      );
      // A slot is free again, and the next delivery of the conversation may be due.
      void sent.then(() => loop.wake());
    }
  });
  const timer = setInterval(() => {
    openRequests.abortOverdue();
    loop.wake();
  }, pollIntervalMs).unref();
  const unsubscribe = app.bus.subscribe((notice) => {
    if ('transient' in notice && notice.transient.topic === wakeTopic) loop.wake();
  });
  const ready = releaseLeftClaims(app).then(() => loop.wake());

  return {
    close: async () => {
      isStopping = true;
      unsubscribe();
      await ready;
      await loop.stop();
      const cutOff = await openRequests.drain();
      clearInterval(timer);
      await app.db
        .write((tx) => releaseClaims(tx, app.now(), cutOff))
        .catch((err) =>
          app.log.error({ err }, 'claims of webhooks could not be given back, they end by themselves'),
        );
    },
  };
}

interface Sending {
  signal: AbortSignal;
  isStopping(): boolean;
}

async function sendAndRecord(
  app: App,
  { delivery, target, refusal }: ClaimedDelivery,
  { signal, isStopping }: Sending,
): Promise<void> {
  const attempt: Attempt =
    refusal === undefined
      ? await attemptDelivery(app, { delivery, target, signal })
      : { kind: 'refused', error: refusal };
  if (isCutByStop(signal)) return;
  await recordWhileClaimed(app, { delivery, target, attempt }, isStopping);
}

/** Retries while the database fails, until the claim expires: without a record the delivery would be sent again. */
async function recordWhileClaimed(
  app: App,
  finished: FinishedAttempt,
  isStopping: () => boolean,
): Promise<void> {
  for (;;)
    try {
      return await recordAttempt(app, finished);
    } catch (err) {
      const claimEnds = finished.delivery.next_attempt_at ?? 0;
      if (!(err instanceof DatabaseFailed) || isStopping() || app.now() >= claimEnds) throw err;
      await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
    }
}

/** Releases the claims of a server that died. On PostgreSQL another node may have them, so they expire instead. */
async function releaseLeftClaims(app: App): Promise<void> {
  if (app.db.dialect !== 'sqlite') return;
  try {
    await app.db.write(async (tx) => releaseClaims(tx, app.now(), await listClaimed(tx)));
  } catch (err) {
    app.log.error({ err }, 'claims of webhooks could not be released');
  }
}
