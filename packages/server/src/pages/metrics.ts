/** `/metrics` for Prometheus: what `metrics.ts` counted, and what is asked for when somebody reads it. */

import { readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Cable } from '../cable/cable.ts';
import { Refusal } from '../errors.ts';
import type { Histogram } from '../metrics.ts';
import { isSame } from '../secrets.ts';

/** Counts messages when their transaction has committed. */
export function countMessages(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    const count = facts.filter(({ event }) => event === 'message_created').length;
    if (count) tx.afterCommit(() => app.metrics.messages.add(count));
  });
}

/** `GET /metrics`, for those on this machine and those who know `HOORY_METRICS_TOKEN` (design.md section 8). */
export function registerMetrics(http: FastifyInstance, app: App, cable: Cable): void {
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

  http.get('/metrics', async (request, reply) => {
    if (!mayRead(app, request)) throw new Refusal('unauthenticated', 'Send the metrics token as Bearer');
    reply.headers({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    });
    return reply.send(await print(app, { sockets: cable.connections(), events: await eventsKept() }));
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

/** The text format of Prometheus. */
async function print(app: App, { sockets, events }: { sockets: number; events: number }): Promise<string> {
  const { metrics } = app;
  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  const { delivered, retried, failed } = metrics.deliveries;
  return [
    ...titled(
      'hoory_http_request_duration_seconds',
      'histogram',
      'Time to answer, by route and status class',
    ),
    ...metrics.routes.flatMap(({ method, route, byStatus }) =>
      byStatus.flatMap((durations, first) =>
        durations
          ? histogram('hoory_http_request_duration_seconds', durations, {
              method,
              route,
              status: `${first}xx`,
            })
          : [],
      ),
    ),
    ...single('hoory_cable_connections', 'gauge', 'Open sockets on this node', sockets),
    ...single(
      'hoory_messages_total',
      'counter',
      'Messages stored, without activities',
      metrics.messages.value,
    ),
    ...titled('hoory_write_batch_size', 'histogram', 'Works that shared a transaction'),
    ...histogram('hoory_write_batch_size', metrics.batchSizes),
    ...titled(
      'hoory_write_wait_seconds',
      'histogram',
      'Wait of the first work of a batch for its transaction',
    ),
    ...histogram('hoory_write_wait_seconds', metrics.batchWaits),
    ...single('hoory_event_log_events', 'gauge', 'Events kept in the log, at most a minute old', events),
    ...single('hoory_bus_connected', 'gauge', 'Whether nodes hear each other', Number(app.bus.isConnected())),
    ...titled('hoory_webhook_attempts_total', 'counter', 'Attempts to deliver, by what followed'),
    ...Object.entries({ delivered, retried, failed }).map(
      ([outcome, { value }]) => `hoory_webhook_attempts_total${labelled({ outcome })} ${value}`,
    ),
    ...single(
      'hoory_webhook_due',
      'gauge',
      'Deliveries that should have been sent by now',
      await countDue(app),
    ),
    ...single('process_cpu_seconds_total', 'counter', 'Processor time', (cpu.user + cpu.system) / 1e6),
    ...single('process_resident_memory_bytes', 'gauge', 'Resident memory', memory.rss),
    ...single('process_start_time_seconds', 'gauge', 'Start, unix time', performance.timeOrigin / 1000),
    ...(await openFiles()),
    ...single('nodejs_heap_size_used_bytes', 'gauge', 'Heap in use', memory.heapUsed),
    ...single('nodejs_external_memory_bytes', 'gauge', 'Memory outside of the heap', memory.external),
    ...single(
      'nodejs_eventloop_active_seconds_total',
      'counter',
      'Time in which the event loop had work',
      performance.eventLoopUtilization().active / 1000,
    ),
    '',
  ].join('\n');
}

async function countDue(app: App): Promise<number> {
  const row = await app.db.get(
    app.db.q
      .selectFrom('webhook_deliveries')
      .select((on) => on.fn.countAll<number>().as('count'))
      .where('next_attempt_at', '<=', app.now()),
  );
  return row?.count ?? 0;
}

/** Only where the machine tells. */
const openFiles = (): Promise<string[]> =>
  readdir('/proc/self/fd').then(
    ({ length }) => single('process_open_fds', 'gauge', 'Open files and sockets', length),
    () => [],
  );

type Labels = Record<string, string>;

const titled = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

const single = (name: string, type: string, help: string, value: number): string[] => [
  ...titled(name, type, help),
  `${name} ${value}`,
];

function histogram(name: string, { bounds, buckets, sum }: Histogram, labels: Labels = {}): string[] {
  let count = 0;
  const lines = [...buckets].map((number, index) => {
    count += number;
    return `${name}_bucket${labelled({ ...labels, le: String(bounds[index] ?? '+Inf') })} ${count}`;
  });
  return [...lines, `${name}_sum${labelled(labels)} ${sum}`, `${name}_count${labelled(labels)} ${count}`];
}

/** Values are our own words: methods, routes, outcomes. */
function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length ? `{${pairs.join(',')}}` : '';
}
