/** Prometheus metrics of this process; `pages/metrics.ts` serves them. */
import { Counter, Histogram, Registry } from 'prom-client';

/** Upper bounds of histogram buckets, in seconds. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The same for pauses of one process, which are shorter than answers. */
const pauses = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1];

export type Metrics = ReturnType<typeof openMetrics>;

/** Creates a registry with the metrics that the engines observe. */
export function openMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const deliveries = new Counter({
    name: 'hoory_webhook_attempts_total',
    help: 'Attempts to deliver, by outcome',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ['delivered', 'retried', 'failed']) deliveries.inc({ outcome }, 0);
  return {
    registry,
    deliveries,
    requests: new Histogram({
      name: 'hoory_http_request_duration_seconds',
      help: 'Time to answer, by route and status class',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: durations,
      registers,
    }),
    backupFailures: new Counter({
      name: 'hoory_backup_failures_total',
      help: 'Backups by schedule that failed on this node',
      registers,
    }),
    messages: new Counter({
      name: 'hoory_messages_total',
      help: 'Messages stored, without activities',
      registers,
    }),
    lostNotices: new Counter({
      name: 'hoory_bus_lost_notices_total',
      help: 'Notices that were not sent to other nodes, which find the events in the log',
      registers,
    }),
    batchSizes: new Histogram({
      name: 'hoory_write_batch_size',
      help: 'Jobs in one transaction',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    loopDelays: new Histogram({
      name: 'hoory_event_loop_delay_seconds',
      help: 'How late a timer ran, sampled 20 times a second, with the work that delayed it',
      labelNames: ['cause'] as const,
      buckets: pauses,
      registers,
    }),
    batchDurations: new Histogram({
      name: 'hoory_write_batch_seconds',
      help: 'Duration of a transaction with its commit, which holds the event loop on SQLite',
      buckets: pauses,
      registers,
    }),
    batchWaits: new Histogram({
      name: 'hoory_write_wait_seconds',
      help: 'Wait of the first job of a batch for its transaction',
      buckets: durations,
      registers,
    }),
  };
}
