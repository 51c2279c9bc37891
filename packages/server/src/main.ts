/** Opens the engines, connects them, and closes them in reverse order. Read this file first. */
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { App } from './app.ts';
import { openAuthentication } from './auth/authenticate.ts';
import { authenticateSubscription } from './auth/authenticate-subscription.ts';
import { openBackground } from './background.ts';
import { type Cable, openCable } from './cable/cable.ts';
import { openMemoryPresence } from './cable/presence.ts';
import { openRedisPresence } from './cable/redis-presence.ts';
import type { Config } from './config.ts';
import type { CommitHooks } from './db/db.ts';
import { findVacuumAdvice } from './db/free-space.ts';
import { openDb, openDbNotifications } from './db/open.ts';
import type { Bus } from './events/bus.ts';
import { openListeners } from './events/listeners.ts';
import { LogWatch } from './events/log-watch.ts';
import { openBus } from './events/node-bus.ts';
import { linkNodes } from './events/node-link.ts';
import { RedisLink } from './events/redis-link.ts';
import { appendEmissions } from './events/store-append.ts';
import { openFiles } from './files/open.ts';
import { type Limits, noLimits, openLimits } from './http/limits.ts';
import { listen } from './http/listen.ts';
import { openHttp } from './http/server.ts';
import { openSharedLimits } from './http/shared-limits.ts';
import { readInstallation } from './installation.ts';
import { registerListeners, registerServerListeners } from './listeners.ts';
import { openLog } from './log.ts';
import { type LoopDelay, openLoopDelay } from './loop-delay.ts';
import { openMail } from './mail/mail.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import { CommonClock } from './nodes/common-clock.ts';
import { type NodesOptions, openNodes } from './nodes/open.ts';
import { openOutgoing } from './outgoing/outgoing.ts';
import { registerDocs } from './pages/docs.ts';
import { registerMetrics } from './pages/metrics.ts';
import { openRedis, type Redis } from './redis/redis.ts';
import { registerApi } from './routes.ts';
import { openWorker, type Worker } from './webhooks/worker.ts';

export interface Server {
  app: App;
  http: FastifyInstance;
  cable: Cable;
  /** Hands the clients over to other nodes, if there are any: they need a moment to notice. Requests are still answered. */
  drain(): Promise<void>;
  /** Waits for running requests and jobs, then closes everything. */
  close(): Promise<void>;
}

export interface AppOptions extends Pick<CommitHooks, 'onStatement' | 'onRoundTrips'> {
  /** The public address, when it is known only after the server listens. */
  url?: () => string;
  /** The connection that the app closes with itself. */
  redis?: Redis;
  /** The clock of the machine, which the app sets by that of the database. */
  machineNow?: () => number;
}

/**
 * Opens an app without HTTP, sockets and background work: for the command line and for tests of verbs.
 * @param givenNow in place of the clock, for tests
 */
export async function openApp(
  config: Readonly<Config>,
  givenNow?: () => number,
  { url = () => config.url, redis, machineNow = Date.now, ...observers }: AppOptions = {},
): Promise<App & { close(): Promise<void> }> {
  const log = openLog(config.logLevel);
  const clock = givenNow || !config.databaseUrl ? undefined : new CommonClock(machineNow, log);
  const now = givenNow ?? clock?.now ?? machineNow;
  const { bus, metrics, loopDelay, db } = await openMeasuredDb({ config, log, now, observers });
  const { installation, nodes } = await readShared({ config, db, log, now, clock }).catch(async (error) => {
    await db.close();
    throw error;
  });
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
    presence: redis ? openRedisPresence(redis, installation, redis.now) : openMemoryPresence(now),
    files: openFiles(config),
    installation,
    nodes,
    limits: limitsOf(config, { redis, installation, now }),
    outgoing: openOutgoing(config.webhookAllow),
    mail: openMail({ config, db, log, now, key: installation.key }),
    url,
    close: () => closeApp(app),
  };
  registerListeners(app);
  return app;
}

/** Opens the database, the bus that its commits publish on, and what measures both. */
async function openMeasuredDb({
  config,
  log,
  now,
  observers,
}: Pick<App, 'config' | 'log' | 'now'> & Pick<CommitParts, 'observers'>): Promise<
  Pick<App, 'bus' | 'metrics' | 'loopDelay' | 'db'>
> {
  const bus: Bus = openBus();
  const metrics = openMetrics();
  const loopDelay = openLoopDelay((delayMs, cause) => metrics.loopDelays.observe({ cause }, delayMs / 1000));
  const onLoopHeld = config.databaseUrl ? undefined : loopDelay.noteWrite;
  const hooks = commitHooks({ bus, metrics, now, onLoopHeld, observers });
  const db = await openDb(config, hooks, (text) => log.warn(text));
  return { bus, metrics, loopDelay, db };
}

async function closeApp({ mail, outgoing, bus, db, presence, redis, loopDelay }: App): Promise<void> {
  await mail.close();
  await outgoing.close();
  await bus.close();
  await db.close();
  presence.close();
  redis?.close();
  loopDelay.close();
}

/** Reads what the processes of a database have in common. */
async function readShared(
  options: Omit<NodesOptions, 'installation'>,
): Promise<Pick<App, 'installation' | 'nodes'>> {
  const { db, clock } = options;
  await clock?.adjust(db);
  const installation = await readInstallation(db);
  return { installation, nodes: await openNodes({ ...options, installation }) };
}

function limitsOf(
  config: Readonly<Config>,
  { redis, ...options }: Pick<App, 'redis' | 'installation' | 'now'>,
): Limits {
  if (!config.rateLimits) return noLimits;
  return redis ? openSharedLimits({ redis, ...options }) : openLimits(options.now);
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

export interface ServerOptions extends Omit<AppOptions, 'url' | 'redis'> {
  /** The rest of the start: a server that listens has started, and no longer ends when its database fails. */
  beforeListening?: (app: App) => Promise<void>;
}

/**
 * Opens the app with HTTP, sockets and background work, and listens. With port 0 it listens on a free port, which becomes its
 * address.
 */
export async function startServer(
  config: Readonly<Config>,
  now?: () => number,
  { beforeListening, ...options }: ServerOptions = {},
): Promise<Server> {
  const address = { url: config.url };
  const redis = config.redisUrl ? await openRedis(config.redisUrl) : undefined;
  const app = await openApp(config, now, { ...options, redis, url: () => address.url }).catch((error) => {
    redis?.close();
    throw error;
  });
  try {
    return await serveApp(app, config, { address, beforeListening });
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** @param address is set to the address of a free port */
async function serveApp(
  app: App & { close(): Promise<void> },
  config: Readonly<Config>,
  { address, beforeListening }: { address: { url: string } } & Pick<ServerOptions, 'beforeListening'>,
): Promise<Server> {
  if (config.databaseUrl) await linkToNodes(app, config.databaseUrl);
  const { http, cable } = await openDoors(app);
  const background = openBackground(app);
  registerServerListeners(app, background);
  let worker: Worker | undefined;
  const closeServing = async (closeHttp: () => Promise<void>) => {
    await Promise.all([cable.close(), closeHttp()]);
    await background.close();
    // Now, so that another node does the background work while this one finishes its deliveries.
    await app.nodes.close();
    await worker?.close();
  };
  let { port } = config;
  try {
    const advice = await findVacuumAdvice(app.db);
    if (advice) app.log.info(advice);
    await app.nodes.join({ name: () => `${hostname()}:${port}`, sockets: () => cable.connections() });
    worker = openWorker(app);
    await beforeListening?.(app);
    const listening = await listen(http, config);
    if (config.port === 0) {
      address.url = listening.address;
      port = Number(new URL(listening.address).port);
    }
    const close = () => closeServing(listening.close).then(() => app.close());
    return { app, http, cable, drain: () => drain(app, cable), close };
  } catch (error) {
    await closeServing(() => http.close());
    throw error;
  }
}

/** Opens HTTP with all routes, and the sockets. They do not listen yet. */
async function openDoors(app: App): Promise<Pick<Server, 'http' | 'cable'>> {
  const http = await openHttp(app);
  registerApi(http, app, openAuthentication());
  registerDocs(http, app);
  const cable = openCable(app, http, authenticateSubscription(app));
  registerMetrics(http, app, cable);
  return { http, cable };
}

/** Time for balancers to see at `/health` that this node stops, and for clients to leave it one after another. */
const drainMs = 2000;

async function drain({ nodes }: App, cable: Cable): Promise<void> {
  nodes.startLeaving();
  if (nodes.hasOthers()) await cable.drain(drainMs);
}

/** Connects the bus with those of the other nodes on PostgreSQL. */
async function linkToNodes(app: App, databaseUrl: string): Promise<void> {
  const { bus, redis, log, nodes } = app;
  const { epoch } = app.installation;
  const onLost = (count: number) => app.metrics.lostNotices.inc(count);
  await linkNodes({
    bus,
    log,
    nodeId: nodes.id,
    watch: new LogWatch(app.db, bus),
    redis: redis && new RedisLink({ redis, bus, epoch, nodeId: nodes.id, log, onLost }),
    openNotifications: (options) =>
      openDbNotifications(databaseUrl, { channel: `hoory_${epoch}`, ...options }),
    hasOthers: nodes.hasOthers.bind(nodes),
  });
}
