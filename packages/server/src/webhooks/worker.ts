/**
 * Sends due deliveries: claims them, attempts each once, and records the outcome. It guarantees:
 *
 * - No delivery is lost: a claim is a lease in the database. Whatever this process does not record is due again.
 * - A dead receiver delays no other one: each endpoint has its own slots, and only free slots are claimed for.
 * - A conversation's events reach an endpoint in order: only the first unsettled one of a conversation is ever due.
 */
import type { App } from '../app.ts';
import { type ClaimedDelivery, claimDeliveries } from './claim-due.ts';
import { ClaimLoop, pollIntervalMs } from './claim-loop.ts';
import { attemptDelivery } from './deliver.ts';
import { DueEndpoints } from './due-endpoints.ts';
import { attemptTimeoutMs, isCutByStop, OpenRequests } from './open-requests.ts';
import { Recorder } from './recorder.ts';
import type { Attempt } from './rules.ts';
import { claimDurationMs, listClaimed, releaseClaims, wakeTopic } from './store.ts';

/** Age of a claim, in milliseconds, from which on an attempt could outlast it. */
const maxClaimAgeMs = claimDurationMs - attemptTimeoutMs;

export interface Worker {
  /** Waits for open requests, aborts those that do not end in time, releases their claims, and stops. */
  close(): Promise<void>;
}

export function openWorker(app: App): Worker {
  const openRequests = new OpenRequests(app);
  const due = new DueEndpoints();
  const recorder = new Recorder(app);
  const send = (claimed: ClaimedDelivery) => {
    const { id, endpoint } = claimed.delivery;
    const sent = openRequests.start(claimed.delivery, (signal) =>
      sendAndRecord(app, claimed, { signal, recorder }).catch((err) => {
        app.log.error({ err, delivery: id }, 'a webhook could not be settled');
        return false;
      }),
    );
    // A slot of the endpoint is free again.
    void sent.then(() => {
      due.add([endpoint]);
      loop.wake();
    });
  };
  const loop = new ClaimLoop(app.log, async () => {
    const startedAtMs = performance.now();
    const claimed = await claimDeliveries(app, openRequests, due);
    // This process was paused meanwhile: another node sends what this one has claimed, and perhaps the next events already.
    if (performance.now() - startedAtMs > maxClaimAgeMs) return;
    for (const delivery of claimed) send(delivery);
  });
  const poll = () => {
    due.poll();
    loop.wake();
  };
  const timer = setInterval(() => {
    openRequests.abortOverdue();
    poll();
  }, pollIntervalMs).unref();
  const unsubscribe = app.bus.subscribe((notice) => {
    if (!('transient' in notice) || notice.transient.topic !== wakeTopic) return;
    const { payload } = notice.transient;
    if (!payload) return poll();
    due.add(payload.split(' '));
    loop.wake();
  });
  const ready = releaseLeftClaims(app).then(poll);

  return {
    close: async () => {
      recorder.stop();
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
  recorder: Recorder;
}

/** @returns whether the delivery was delivered */
async function sendAndRecord(
  app: App,
  { delivery, target, refusal }: ClaimedDelivery,
  { signal, recorder }: Sending,
): Promise<boolean> {
  const attempt: Attempt =
    refusal === undefined
      ? await attemptDelivery(app, { delivery, target, signal })
      : { kind: 'refused', error: refusal };
  return !isCutByStop(signal) && recorder.record({ delivery, target, attempt });
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
