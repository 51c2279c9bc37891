/** `/metrics` for Prometheus: what `metrics.ts` counted, and what is asked for when somebody reads it. */
import { readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { sql } from 'kysely';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { App } from '../app.ts';
import type { Cable } from '../cable/cable.ts';
import { Refusal } from '../errors.ts';
import { isSame } from '../secrets.ts';

/** Counts messages when their transaction has committed. */
export function countMessages(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    const count = facts.filter(({ event }) => event === 'message_created').length;
    if (count) tx.afterCommit(() => app.metrics.messages.inc(count));
  });
}

/** `GET /metrics`, for those on this machine and those who know `HOORY_METRICS_TOKEN` (decisions.md 8). */
export function registerMetrics(http: FastifyInstance, app: App, cable: Cable): void {
  const { registry } = app.metrics;
  askHoory(registry, app, cable);
  askProcess(registry);
  http.get('/metrics', async (request, reply) => {
    if (!mayRead(app, request)) throw new Refusal('unauthenticated', 'Send the metrics token as Bearer');
    return reply
      .headers({ 'content-type': registry.contentType, 'cache-control': 'no-store' })
      .send(await registry.metrics());
  });
}

/** A proxy on this machine asks for others: what it passes on is not local. */
function mayRead({ config }: App, { headers, socket }: FastifyRequest): boolean {
  const isPassedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers);
  if (!isPassedOn && isLoopback(socket.remoteAddress)) return true;
  const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  return config.metricsToken !== undefined && token !== undefined && isSame(token, config.metricsToken);
}

const isLoopback = (address = '') =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';

type Ask = () => number | Promise<number>;

/** A number that is asked for when somebody reads it. */
function gauge(registry: Registry, { name, help, ask }: { name: string; help: string; ask: Ask }): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await ask());
    },
  });
}

/** As `gauge`, of what only grows. */
function total(
  registry: Registry,
  { name, help, ask }: { name: string; help: string; ask: () => number },
): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(ask());
    },
  });
}

function askHoory(registry: Registry, app: App, cable: Cable): void {
  let logSize = { events: 0, until: 0 };
  /** Adds up all streams, so at most once a minute. */
  async function eventsKept(): Promise<number> {
    if (performance.now() < logSize.until) return logSize.events;
    const row = await app.db.get(
      app.db.q.selectFrom('streams').select(sql<number>`sum(last_offset - pruned_offset)`.as('events')),
    );
    logSize = { events: Number(row?.events ?? 0), until: performance.now() + 60_000 };
    return logSize.events;
  }
  async function countDue(): Promise<number> {
    const row = await app.db.get(
      app.db.q
        .selectFrom('webhook_deliveries')
        .select((on) => on.fn.countAll<number>().as('count'))
        .where('next_attempt_at', '<=', app.now()),
    );
    return row?.count ?? 0;
  }
  gauge(registry, {
    name: 'hoory_cable_connections',
    help: 'Open sockets on this node',
    ask: () => cable.connections(),
  });
  gauge(registry, {
    name: 'hoory_event_log_events',
    help: 'Events kept in the log, at most a minute old',
    ask: eventsKept,
  });
  gauge(registry, {
    name: 'hoory_bus_connected',
    help: 'Whether nodes hear each other',
    ask: () => Number(app.bus.isConnected()),
  });
  gauge(registry, {
    name: 'hoory_webhook_due',
    help: 'Deliveries that should have been sent by now',
    ask: countDue,
  });
}

/** Under the names that dashboards know. The library's own collection keeps timers that wake an idle server. */
function askProcess(registry: Registry): void {
  total(registry, {
    name: 'process_cpu_seconds_total',
    help: 'Processor time',
    ask: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  gauge(registry, {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory',
    ask: () => process.memoryUsage.rss(),
  });
  gauge(registry, {
    name: 'process_start_time_seconds',
    help: 'Start, unix time',
    ask: () => performance.timeOrigin / 1000,
  });
  gauge(registry, {
    name: 'process_open_fds',
    help: 'Open files and sockets, 0 where the machine does not tell',
    ask: () =>
      readdir('/proc/self/fd').then(
        ({ length }) => length,
        () => 0,
      ),
  });
  gauge(registry, {
    name: 'nodejs_heap_size_used_bytes',
    help: 'Heap in use',
    ask: () => process.memoryUsage().heapUsed,
  });
  gauge(registry, {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside of the heap',
    ask: () => process.memoryUsage().external,
  });
  total(registry, {
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Time in which the event loop had work',
    ask: () => performance.eventLoopUtilization().active / 1000,
  });
}
