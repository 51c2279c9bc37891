/**
 * Sends what is due: claims it, attempts it, settles it. Endpoints have slots of their own, so that none waits for
 * another; a conversation's events reach an endpoint one after another, because only the first of them is ever due.
 */
import type { App } from '../app.ts';
import { DatabaseFailed } from '../db/database-failed.ts';
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../db/tables.ts';
import { attemptDelivery, attemptTimeoutMs } from './deliver.ts';
import { type FinishedAttempt, recordAttempt } from './record-attempt.ts';
import { type Attempt, maxConcurrent } from './rules.ts';
import { type Claim, claimDue, listClaimed, listDueEndpoints, releaseClaims, wakeTopic } from './store.ts';
import { findTarget, type Target } from './targets.ts';

/** How often the worker looks by itself, for retries and for what other nodes left; new work wakes it at once. */
const interval = 250;
/** Longest pause while the database does not answer, in milliseconds. */
const longestPause = 10_000;
/** Requests open at once on this node. */
const mostOpen = 256;
/** Milliseconds that open requests get to end when the server stops. */
const stopTimeoutMs = 2000;

export interface Worker {
  /** Lets what is open end, gives back what does not, and stops. */
  close(): Promise<void>;
}

interface Flight {
  delivery: WebhookDeliveryRow;
  /** By the app's clock, and by the machine's, which tests do not move. */
  ends: { app: number; machine: number };
  abort: AbortController;
  done: Promise<void>;
}

export function openWorker(app: App): Worker {
  const flights = new Set<Flight>();
  let isStopping = false;
  let round: Promise<void> | undefined;
  let isWanted = false;
  /** Rounds that failed one after another, and until when, by the machine's clock, none is started because of them. */
  const trouble = { rounds: 0, until: 0 };

  /** Starts a round, or makes the one that runs look again. */
  function wake(): void {
    isWanted = true;
    if (round || isStopping || Date.now() < trouble.until) return;
    round = run().finally(() => {
      round = undefined;
      if (isWanted) wake();
    });
  }

  async function run(): Promise<void> {
    while (isWanted && !isStopping) {
      isWanted = false;
      try {
        await claimAndSend();
        if (trouble.rounds) app.log.info('due webhooks are claimed again');
        trouble.rounds = 0;
      } catch (err) {
        // Said once: while the database is away, every round says the same.
        if (!trouble.rounds) app.log.error({ err }, 'due webhooks could not be claimed');
        trouble.until = Date.now() + Math.min(interval * 2 ** trouble.rounds++, longestPause);
        return;
      }
    }
  }

  async function claimAndSend(): Promise<void> {
    const now = app.now();
    const due = await listDueEndpoints(app.db, now);
    const claims = claimsFor(due, now);
    if (!claims.length) return;
    const deliveries = await app.db.write((tx) => claimDue(tx, { now, claims }));
    const disabled = new Map(due.map(({ endpoint, disabled_url }) => [endpoint, disabled_url]));
    const targets = new Map<string, Target | undefined>();
    for (const { endpoint } of deliveries)
      if (!targets.has(endpoint)) targets.set(endpoint, await findTarget(app.db, endpoint));
    for (const delivery of deliveries) {
      const target = targets.get(delivery.endpoint);
      send(delivery, target, reasonAgainst(app, delivery, target, disabled.get(delivery.endpoint) ?? null));
    }
  }

  function claimsFor(due: readonly WebhookEndpointRow[], now: number): Claim[] {
    let free = mostOpen - flights.size;
    return due.flatMap((row) => {
      const rests = row.resting_until !== null && row.resting_until > now && !row.endpoint.startsWith('bot:');
      const open = [...flights].filter(({ delivery }) => delivery.endpoint === row.endpoint).length;
      const limit = rests ? 0 : Math.min(maxConcurrent(row) - open, free);
      if (limit <= 0) return [];
      free -= limit;
      return [{ endpoint: row.endpoint, limit }];
    });
  }

  function send(delivery: WebhookDeliveryRow, target: Target | undefined, reason: string | undefined): void {
    const abort = new AbortController();
    const ends = { app: app.now() + attemptTimeoutMs, machine: Date.now() + attemptTimeoutMs };
    const flight: Flight = { delivery, ends, abort, done: Promise.resolve() };
    flights.add(flight);
    flight.done = fly()
      .catch((err) => app.log.error({ err, delivery: delivery.id }, 'a webhook could not be settled'))
      .finally(() => {
        flights.delete(flight);
        wake();
      });

    async function fly(): Promise<void> {
      const attempt: Attempt =
        reason !== undefined || !target
          ? { kind: 'refused', error: reason ?? goneReason }
          : await attemptDelivery(app, { delivery, target, signal: abort.signal });
      // What the stop cut short is given back by `close`, and is no attempt.
      if (abort.signal.reason === stopped) return;
      await settleInTime({ delivery, target, attempt });
    }
  }

  /** Waits for a database that is away as long as the claim holds: afterwards the same would be sent again. */
  async function settleInTime(settling: FinishedAttempt): Promise<void> {
    for (;;)
      try {
        return await recordAttempt(app, settling);
      } catch (err) {
        const claimEnds = settling.delivery.next_attempt_at ?? 0;
        if (!(err instanceof DatabaseFailed) || isStopping || app.now() >= claimEnds) throw err;
        await new Promise((resolve) => setTimeout(resolve, interval));
      }
  }

  function endOverdue(): void {
    const late = ({ ends }: Flight) => ends.app <= app.now() || ends.machine <= Date.now();
    for (const flight of flights) if (late(flight)) flight.abort.abort();
  }

  const timer = setInterval(() => {
    endOverdue();
    wake();
  }, interval);
  timer.unref();
  const stopListening = app.bus.subscribe((notice) => {
    if ('transient' in notice && notice.transient.topic === wakeTopic) wake();
  });
  const ready = releaseLeftClaims(app).then(wake);

  return {
    close: async () => {
      isStopping = true;
      stopListening();
      await ready;
      await round;
      const landed = Promise.all([...flights].map(({ done }) => done));
      await Promise.race([landed, new Promise((resolve) => setTimeout(resolve, stopTimeoutMs).unref())]);
      clearInterval(timer);
      const cut = [...flights];
      for (const { abort } of cut) abort.abort(stopped);
      await landed;
      const given = cut.map(({ delivery }) => delivery);
      await app.db
        .write((tx) => releaseClaims(tx, app.now(), given))
        .catch((err) =>
          app.log.error({ err }, 'claims of webhooks could not be given back, they end by themselves'),
        );
    },
  };
}

const stopped = Symbol('the server stops');

const goneReason = 'The endpoint is gone, or has no address any more';

/** Why a delivery is not even tried; a test is also for endpoints that are disabled. */
function reasonAgainst(
  app: App,
  delivery: WebhookDeliveryRow,
  target: Target | undefined,
  disabled_url: string | null,
): string | undefined {
  if (!target) return goneReason;
  if (delivery.payload === '') return 'The contact was erased';
  if (delivery.event === 'webhook_test') return undefined;
  if (delivery.is_transient && app.now() - delivery.created_at > transientLife) return 'It came too late';
  if (disabled_url === target.url) return 'The endpoint answered 410 Gone and is disabled';
  return undefined;
}

/** Milliseconds for which it makes sense to tell that somebody is typing. */
const transientLife = 30_000;

/** Ends the claims of a server that died; on PostgreSQL, where another node may hold them, they end by themselves. */
async function releaseLeftClaims(app: App): Promise<void> {
  if (app.db.dialect !== 'sqlite') return;
  try {
    await app.db.write(async (tx) => releaseClaims(tx, app.now(), await listClaimed(tx)));
  } catch (err) {
    app.log.error({ err }, 'claims of webhooks could not be released');
  }
}
