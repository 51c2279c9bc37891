/** `/metrics` for Prometheus: the metrics of `metrics.ts`, and values that are read at each request. */
import { readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { App } from '../app.ts';
import { findLastBackup } from '../backup/store.ts';
import type { Cable } from '../cable/cable.ts';
import { readSpace } from '../db/free-space.ts';
import { Refusal } from '../errors.ts';
import { eventsNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { isOperator } from '../http/operator.ts';
import { countDue, findLongestLag, maxDueCounted } from '../webhooks/store-endpoints.ts';

/** Listener: counts messages after the commit of their transaction. */
export const countMessages = (app: App): Listener => ({
  handle: async (tx, events) => {
    const count = eventsNamed(events, 'message_created').length;
    if (count) tx.afterCommit(() => app.metrics.messages.inc(count));
  },
});

/** Registers `GET /metrics`, for requests from this machine or with `HOORY_METRICS_TOKEN` (decisions.md 8). */
export function registerMetrics(http: FastifyInstance, app: App, cable: Cable): void {
  const { registry } = app.metrics;
  const metrics = [
    ...nodeMetrics(app, cable),
    ...storageMetrics(app),
    ...deliveryMetrics(app),
    ...processMetrics,
    ...runtimeMetrics,
  ];
  for (const metric of metrics) register(registry, metric);
  http.get('/metrics', async (request, reply) => {
    const { headers, socket } = request;
    if (!isOperator(app.config, { headers, peer: socket.remoteAddress }))
      throw new Refusal('unauthenticated', 'Send the metrics token as Bearer');
    return reply
      .headers({ 'content-type': registry.contentType, 'cache-control': 'no-store' })
      .send(await registry.metrics());
  });
}

/** A value that is read when Prometheus asks. */
interface Metric {
  name: string;
  help: string;
  /** A counter, whose value only grows; a gauge without it. */
  kind?: 'counter';
  read: () => number | Promise<number>;
}

function register(registry: Registry, { name, help, kind, read }: Metric): void {
  const registers = [registry];
  if (kind === 'counter')
    new Counter({
      name,
      help,
      registers,
      async collect() {
        this.reset();
        this.inc(await read());
      },
    });
  else
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
}

const nodeMetrics = (app: App, cable: Cable): Metric[] => [
  {
    name: 'hoory_cable_connections',
    help: 'Open sockets on this node',
    read: () => cable.connections(),
  },
  {
    name: 'hoory_nodes',
    help: 'Live nodes on this database, this one included',
    read: () => app.nodes.list().length,
  },
  {
    name: 'hoory_bus_connected',
    help: 'Whether notices reach the other nodes at once; otherwise they read the log each second',
    read: () => Number(app.bus.state() === 'ok'),
  },
];

const storageMetrics = (app: App): Metric[] => [
  {
    name: 'hoory_event_log_events',
    help: 'Events kept in the log, at most a minute old',
    read: openEventCount(app),
  },
  {
    name: 'hoory_database_bytes',
    help: 'Size of the database, free space included',
    read: async () => (await readSpace(app.db)).size,
  },
  {
    name: 'hoory_database_free_bytes',
    help: 'Space in the SQLite file for new rows; 0 on PostgreSQL',
    read: async () => (await readSpace(app.db)).free,
  },
  {
    name: 'hoory_backup_age_seconds',
    help: 'Age of the newest backup of this installation; infinite without one',
    read: () => readBackupAge(app),
  },
];

const deliveryMetrics = (app: App): Metric[] => [
  {
    name: 'hoory_webhook_due',
    help: `Deliveries that should have been sent by now, of each endpoint at most ${maxDueCounted}`,
    read: () => countDue(app.db, app.now()),
  },
  {
    name: 'hoory_webhook_lag_seconds',
    help: 'Age of the first due delivery, of endpoints that do not rest',
    read: async () => (await findLongestLag(app.db, app.now())) / 1000,
  },
];

async function readBackupAge(app: App): Promise<number> {
  const last = await findLastBackup(app.db);
  return last ? (app.now() - last.created_at) / 1000 : Number.POSITIVE_INFINITY;
}

/** The number of events in the log. It adds up all streams, so it is a long read and cached for a minute. */
function openEventCount(app: App): () => Promise<number> {
  let cached = { events: 0, until: 0 };
  return async () => {
    if (performance.now() < cached.until) return cached.events;
    const row = await app.db.longReads.get(
      app.db.q.selectFrom('streams').select(sql<number>`sum(last_offset - pruned_offset)`.as('events')),
    );
    cached = { events: Number(row?.events ?? 0), until: performance.now() + 60_000 };
    return cached.events;
  };
}

/** Process metrics by their usual names. Not the library's `collectDefaultMetrics`, whose timers wake an idle server. */
const processMetrics: Metric[] = [
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time',
    kind: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory',
    read: () => process.memoryUsage.rss(),
  },
  {
    name: 'process_start_time_seconds',
    help: 'Start, unix time',
    read: () => performance.timeOrigin / 1000,
  },
  {
    name: 'process_open_fds',
    help: 'Open files and sockets, 0 if the system does not report them',
    read: countOpenFiles,
  },
];

/** Metrics of Node, by the names of the same library. */
const runtimeMetrics: Metric[] = [
  {
    name: 'nodejs_heap_size_used_bytes',
    help: 'Heap in use',
    read: () => process.memoryUsage().heapUsed,
  },
  {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside of the heap',
    read: () => process.memoryUsage().external,
  },
  {
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Time in which the event loop had work',
    kind: 'counter',
    read: () => performance.eventLoopUtilization().active / 1000,
  },
];

function countOpenFiles(): Promise<number> {
  return readdir('/proc/self/fd').then(
    ({ length }) => length,
    () => 0,
  );
}
