/** Prometheus metrics of this process; `pages/metrics.ts` serves them. */
import { Counter, Histogram, Registry } from 'prom-client';

/** Upper bounds for the time of an answer, in seconds. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Upper bounds for pauses of one process, in seconds. They are shorter than answers. */
const pauses = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1];

/** Upper bounds for the jobs of one transaction. */
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export type Metrics = ReturnType<typeof openMetrics>;

/** Creates a registry with the metrics that the engines observe. */
export function openMetrics() {
  const registry = new Registry();
  const { counter, histogram } = factoriesFor(registry);
  const deliveries = counter('hoory_webhook_attempts_total', 'Attempts to deliver, by outcome', ['outcome']);
  for (const outcome of ['delivered', 'retried', 'failed']) deliveries.inc({ outcome }, 0);
  return {
    registry,
    deliveries,
    requests: histogram('hoory_http_request_duration_seconds', 'Time to answer, by route and status class', {
      buckets: durations,
      labelNames: ['method', 'route', 'status'],
    }),
    backupFailures: counter('hoory_backup_failures_total', 'Backups by schedule that failed on this node'),
    messages: counter('hoory_messages_total', 'Messages stored, without activities'),
    lostNotices: counter(
      'hoory_bus_lost_notices_total',
      'Notices that were not sent to other nodes, which find the events in the log',
    ),
    batchSizes: histogram('hoory_write_batch_size', 'Jobs in one transaction', { buckets: batchSizes }),
    loopDelays: histogram(
      'hoory_event_loop_delay_seconds',
      'How late a timer ran, sampled 20 times a second, with the work that delayed it',
      { buckets: pauses, labelNames: ['cause'] },
    ),
    batchDurations: histogram(
      'hoory_write_batch_seconds',
      'Duration of a transaction with its commit, which holds the event loop on SQLite',
      { buckets: pauses },
    ),
    batchWaits: histogram(
      'hoory_write_wait_seconds',
      'Wait of the first job of a batch for its transaction',
      { buckets: durations },
    ),
  };
}

/** Functions that create a metric in the registry. */
function factoriesFor(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    histogram: <Label extends string>(
      name: string,
      help: string,
      { buckets, labelNames = [] }: { buckets: number[]; labelNames?: Label[] },
    ) => new Histogram({ name, help, buckets, labelNames, registers }),
  };
}
