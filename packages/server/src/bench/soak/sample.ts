/** The figures of one interval of a soak. */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import type { App } from '../../app.ts';
import { bytesOf } from '../growth/database.ts';
import type { Worked } from '../office/people.ts';
import type { VisitorsAnswer } from './visitors.ts';

export interface Sample {
  /** Seconds since the start of the soak. */
  seconds: number;
  /** Messages stored since the start. */
  messages: number;
  requests_per_second: number;
  /** Median and 99th percentile of the requests of customers and agents, in milliseconds. */
  p50_ms: number;
  p99_ms: number;
  /** The slowest search, filter or report. */
  question_ms: number;
  /** Sockets opened and closed in the interval. */
  visits: number;
  memory_mb: number;
  heap_mb: number;
  /** Open files and sockets of the process. */
  descriptors: number;
  /** Delay of the event loop: one of a hundred timers ran as late, and the latest. */
  loop_p99_ms: number;
  loop_longest_ms: number;
  /** Entries of the event log in all streams. */
  log_entries: number;
  /** Deliveries to the webhook that are due. */
  due_deliveries: number;
  database_mb: number;
}

const megabyte = 1_000_000;

export interface Sampler {
  /** Ends an interval with the work that was done in it. */
  take(worked: Worked, visitors: VisitorsAnswer): Promise<Sample>;
  close(): void;
}

/** Starts to measure this process, which is the server. */
export function openSampler(app: App): Sampler {
  const started = performance.now();
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  let messages = 0;
  return {
    take: async (worked, visitors) => {
      const { rss, heapUsed } = process.memoryUsage();
      messages += worked.messages;
      const sample: Sample = {
        seconds: Math.round((performance.now() - started) / 1000),
        messages,
        requests_per_second: rounded((worked.requests * 1000) / worked.time),
        p50_ms: rounded(worked.p50_ms),
        p99_ms: rounded(worked.p99_ms),
        question_ms: rounded(visitors.longest_ms),
        visits: visitors.visits,
        memory_mb: rounded(rss / megabyte),
        heap_mb: rounded(heapUsed / megabyte),
        descriptors: readdirSync('/proc/self/fd').length,
        loop_p99_ms: rounded(loop.percentile(99) / 1e6),
        loop_longest_ms: rounded(loop.max / 1e6),
        ...(await readStored(app)),
        database_mb: rounded((await bytesOf(app.config)) / megabyte),
      };
      loop.reset();
      return sample;
    },
    close: () => loop.disable(),
  };
}

async function readStored({ db, now }: App): Promise<Pick<Sample, 'log_entries' | 'due_deliveries'>> {
  const log = await db.get(
    db.q.selectFrom('streams').select(sql<number>`sum(last_offset - pruned_offset)`.as('entries')),
  );
  const due = await db.get(
    db.q
      .selectFrom('webhook_deliveries')
      .select((on) => on.fn.countAll<number>().as('count'))
      .where('next_attempt_at', '<=', now()),
  );
  return { log_entries: Number(log?.entries ?? 0), due_deliveries: due?.count ?? 0 };
}

const rounded = (figure: number): number => Math.round(figure * 10) / 10;
