/** Opens the engines, connects them, and closes them in reverse order. Read this file first. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { App } from './app.ts';
import { type AutoAssignment, openAutoAssignment } from './assignment/auto-assign.ts';
import { openAuthentication } from './auth/authenticate.ts';
import { authenticateSubscription } from './auth/authenticate-subscription.ts';
import { resolveIdle } from './automation/auto-resolve.ts';
import { openRelabeling, type Relabeling } from './automation/relabel.ts';
import { openForAgents } from './automation/removed-bots.ts';
import { unsnoozeDue } from './automation/unsnooze.ts';
import { type Cable, openCable } from './cable/cable.ts';
import { openMemoryPresence } from './cable/presence.ts';
import { openRedisPresence } from './cable/redis-presence.ts';
import type { Config } from './config.ts';
import { fetchAvatars } from './contacts/avatars.ts';
import { addUpContactCounts } from './contacts/store-counts.ts';
import { foldOlderContacts } from './contacts/store-folding.ts';
import { foldOlderConversations } from './conversations/record/store.ts';
import { addUpConversationCounts } from './conversations/record/store-counts.ts';
import type { CommitHooks, Db } from './db/db.ts';
import { findVacuumAdvice, giveBackSpace } from './db/free-space.ts';
import { openDb } from './db/open.ts';
import { openSearchIndex } from './db/search/search-index.ts';
import type { Bus } from './events/bus.ts';
import { openListeners } from './events/listeners.ts';
import { openBus } from './events/node-bus.ts';
import { packLog } from './events/pack.ts';
import { pruneLog } from './events/prune.ts';
import { RedisLink } from './events/redis-link.ts';
import { appendEmissions } from './events/store-append.ts';
import { openS3Store } from './files/s3-store.ts';
import { openFileStore } from './files/store.ts';
import { openSweep } from './files/sweep.ts';
import { pruneStoredResponses } from './http/idempotency.ts';
import { noLimits, openLimits } from './http/limits.ts';
import { listen } from './http/listen.ts';
import { openHttp } from './http/server.ts';
import { readInstallation } from './installation.ts';
import { registerListeners, registerServerListeners } from './listeners.ts';
import { openLog } from './log.ts';
import { type LoopDelay, openLoopDelay } from './loop-delay.ts';
import { openMail } from './mail/mail.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import { openNodes } from './nodes/open.ts';
import { unsnoozeNotifications } from './notifications/notifications.ts';
import { openOutgoing } from './outgoing/outgoing.ts';
import { registerDocs } from './pages/docs.ts';
import { registerMetrics } from './pages/metrics.ts';
import { openRedis, type Redis } from './redis/redis.ts';
import { registerApi } from './routes.ts';
import { openSchedule, type Schedule, type ScheduledJob } from './schedule.ts';
import { packDeliveries } from './webhooks/pack.ts';
import { pruneDeliveries } from './webhooks/prune.ts';
import { openWorker } from './webhooks/worker.ts';

export interface Server {
  app: App;
  http: FastifyInstance;
  cable: Cable;
  /** Waits for running requests and jobs, then closes everything. */
  close(): Promise<void>;
}

export interface AppOptions extends Pick<CommitHooks, 'onStatement' | 'onRoundTrips'> {
  /** The public address, when it is known only after the server listens. */
  url?: () => string;
  /** The connection that the app closes with itself. */
  redis?: Redis;
}

/** Opens an app without HTTP, sockets and background work: for the command line and for tests of verbs. */
export async function openApp(
  config: Readonly<Config>,
  now: () => number = Date.now,
  { url = () => config.url, redis, ...observers }: AppOptions = {},
): Promise<App & { close(): Promise<void> }> {
  const log = openLog(config.logLevel);
  const bus: Bus = openBus();
  const metrics = openMetrics();
  const loopDelay = openLoopDelay((delayMs, cause) => metrics.loopDelays.observe({ cause }, delayMs / 1000));
  const onLoopHeld = config.databaseUrl ? undefined : loopDelay.noteWrite;
  const db = await openDb(config, commitHooks({ bus, metrics, now, onLoopHeld, observers }));
  const installation = await readInstallation(db);
  const app: App & { close(): Promise<void> } = {
    config,
    db,
    bus,
    redis,
    log,
    metrics,
    loopDelay,
    now,
    listeners: openListeners(),
    presence: redis ? openRedisPresence(redis, installation, now) : openMemoryPresence(now),
    files: config.s3 ? openS3Store(config.s3) : openFileStore(join(config.data, 'files')),
    installation,
    nodes: await openNodes({ config, db, installation, log, now }),
    limits: config.rateLimits ? openLimits(now) : noLimits,
    outgoing: openOutgoing(config.webhookAllow),
    mail: openMail({ config, db, log, now, key: installation.key }),
    url,
    close: async () => {
      await app.mail.close();
      await app.outgoing.close();
      await app.nodes.close();
      await db.close();
      await bus.close();
      app.presence.close();
      redis?.close();
      loopDelay.close();
    },
  };
  registerListeners(app);
  return app;
}

interface CommitParts {
  bus: Bus;
  metrics: Metrics;
  /** Called with the duration of each transaction in milliseconds, where transactions hold the event loop. */
  onLoopHeld: LoopDelay['noteWrite'] | undefined;
  now: () => number;
  observers: Pick<CommitHooks, 'onStatement' | 'onRoundTrips'>;
}

/** Appends a transaction's events to the log before its commit, publishes them after it, and measures the batches. */
const commitHooks = ({ bus, metrics, now, onLoopHeld, observers }: CommitParts): CommitHooks => ({
  beforeCommit: async (tx) => {
    const recorded = await appendEmissions(tx, now());
    if (recorded.length) tx.afterCommit(() => bus.publish({ recorded }));
  },
  eventsUnpublished: () => bus.notifyGap(),
  onBatch: (size, waitedMs) => {
    metrics.batchSizes.observe(size);
    metrics.batchWaits.observe(waitedMs / 1000);
  },
  onBatchEnd: (tookMs) => {
    metrics.batchDurations.observe(tookMs / 1000);
    onLoopHeld?.(tookMs);
  },
  ...observers,
});

/**
 * Opens the app with HTTP, sockets and background work, and listens. With port 0 it listens on a free port, which becomes its
 * address.
 */
export async function startServer(
  config: Readonly<Config>,
  now?: () => number,
  options: Omit<AppOptions, 'url' | 'redis'> = {},
): Promise<Server> {
  let url = config.url;
  const redis = config.redisUrl ? await openRedis(config.redisUrl) : undefined;
  const app = await openApp(config, now, { ...options, redis, url: () => url }).catch((error) => {
    redis?.close();
    throw error;
  });
  if (redis) app.bus.connect(openRedisLink(app, redis));
  const http = await openHttp(app);
  registerApi(http, app, openAuthentication());
  registerDocs(http, app);
  const cable = openCable(app, http, authenticateSubscription(app));
  registerMetrics(http, app, cable);
  const relabeling = openRelabeling(app);
  const assignment = openAutoAssignment(app);
  registerServerListeners(app, { relabeling, assignment });
  const schedules = startSchedules(app, { relabeling, assignment });
  const advice = await findVacuumAdvice(app.db);
  if (advice) app.log.info(advice);
  const worker = openWorker(app);
  const closeAll = async (closeHttp: () => Promise<void>) => {
    await Promise.all([cable.close(), closeHttp()]);
    // At once: a job of `schedules` that works through a queue ends after its current item only when that queue is closing too.
    await Promise.all([relabeling, assignment, ...schedules].map((work) => work.close()));
    await worker.close();
    await app.close();
  };
  let { port } = config;
  try {
    await app.nodes.join({ name: () => `${hostname()}:${port}`, sockets: () => cable.connections() });
    const listening = await listen(http, config);
    if (config.port === 0) {
      url = listening.address;
      port = Number(new URL(url).port);
    }
    return { app, http, cable, close: () => closeAll(listening.close) };
  } catch (error) {
    await closeAll(() => http.close());
    throw error;
  }
}

const openRedisLink = ({ bus, installation, nodes, log, metrics }: App, redis: Redis): RedisLink =>
  new RedisLink({
    redis,
    bus,
    epoch: installation.epoch,
    nodeId: nodes.id,
    log,
    onLost: (count) => metrics.lostNotices.inc(count),
  });

/** Starts the background jobs: delete expired rows, end snoozes, work through queues. */
function startSchedules(
  app: App,
  { relabeling, assignment }: { relabeling: Relabeling; assignment: AutoAssignment },
): Schedule[] {
  const prune = async () => {
    await pruneLog(app.db, app.config.logKeep, app.now());
    await pruneStoredResponses(app.db, app.now());
    await pruneDeliveries(app.db, app.config.logKeep, app.now());
  };
  const pack = async () => {
    await packLog(app.db, app.now());
    await packDeliveries(app.db, app.now());
  };
  const wake = async () => {
    await unsnoozeDue(app);
    await unsnoozeNotifications(app);
    await openForAgents(app);
  };
  const jobs: ScheduledJob[] = [
    { name: 'pruning', everyMs: 60_000, run: prune },
    // Each second, so that it keeps pace in short steps: at 1000 messages a second 40 packs are due.
    { name: 'packing', everyMs: 1000, run: pack },
    // Each second, because every list of conversations reads all counts not yet added up: in a minute a busy account has thousands.
    { name: 'giving back disk space', everyMs: 1000, run: () => giveBackSpace(app.db) },
    { name: 'adding up counts', everyMs: 1000, run: () => addUpCounts(app.db) },
    { name: 'resolving', everyMs: 60_000, run: () => resolveIdle(app) },
    { name: 'sweeping', everyMs: 60_000, run: openSweep(app) },
    { name: 'fetching pictures', everyMs: 1000, run: () => fetchAvatars(app) },
    { name: 'sending e-mails', everyMs: 5000, run: () => app.mail.sendDue() },
    { name: 'waking', everyMs: 1000, run: wake },
    { name: 'folding', everyMs: 1000, run: () => foldOlderConversations(app) },
    { name: 'indexing', everyMs: 250, run: openIndexing(app) },
    { name: 'relabeling', everyMs: 5000, run: () => relabeling.work() },
    { name: 'assigning', everyMs: 1000, run: () => assignment.work() },
  ];
  return jobs.map(({ run, ...job }) =>
    openSchedule(app.log, { ...job, run: () => app.loopDelay.whileInBackground(run) }),
  );
}

async function addUpCounts(db: Db): Promise<void> {
  await addUpConversationCounts(db);
  await addUpContactCounts(db);
}

/** Blocks between two lines of the log while the messages of an older version are indexed. */
const blocksPerLine = 64;

/**
 * Returns the job that writes one block of the index. Contacts of older versions are folded first, as their blocks contain folded
 * text.
 */
function openIndexing(app: App): () => Promise<unknown> {
  const index = openSearchIndex(app.db, {
    now: app.now,
    onProgress: (noun, waiting) => {
      if (waiting && waiting % blocksPerLine === 0)
        app.log.info(
          { noun, waiting },
          'building the search index; searches are slower until it is complete',
        );
    },
  });
  return async () => (await foldOlderContacts(app)) || index.indexNextBlock();
}
