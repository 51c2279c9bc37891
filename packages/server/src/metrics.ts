/**
 * Numbers about the running server, counted where things happen and printed by `pages/metrics.ts`. Counting is an addition:
 * whoever counts keeps its counter, and nothing looks one up by label on the way.
 */

/** A number that only grows. */
export class Counter {
  value = 0;
  add(count = 1): void {
    this.value += count;
  }
}

/** How many of what was observed were at most each bound, with their number and sum. */
export class Histogram {
  readonly bounds: readonly number[];
  /** How many fell between the bound before and this one; the last is for what is above all. */
  readonly buckets: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.buckets = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] as number)) bucket++;
    (this.buckets[bucket] as number)++;
    this.sum += value;
  }
}

/** Durations of one route, by the first digit of the status. */
export class RouteDurations {
  readonly method: string;
  readonly route: string;
  readonly byStatus: (Histogram | undefined)[] = [];

  constructor(method: string, route: string) {
    this.method = method;
    this.route = route;
  }

  observe(seconds: number, status: number): void {
    const first = Math.floor(status / 100);
    this.byStatus[first] ??= new Histogram(durations);
    this.byStatus[first].observe(seconds);
  }
}

/** Bounds in seconds. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface Metrics {
  /** One for each route, in the order of their registration. */
  readonly routes: RouteDurations[];
  /** Messages stored, without activities. */
  readonly messages: Counter;
  /** Works that shared a transaction of the write lane. */
  readonly batchSizes: Histogram;
  /** Seconds for which the first work of a batch waited for its transaction. */
  readonly batchWaits: Histogram;
  /** Attempts of webhook deliveries by what followed. */
  readonly deliveries: { readonly delivered: Counter; readonly retried: Counter; readonly failed: Counter };
}

export function openMetrics(): Metrics {
  return {
    routes: [],
    messages: new Counter(),
    batchSizes: new Histogram([1, 2, 4, 8, 16, 32, 64, 128, 256]),
    batchWaits: new Histogram(durations),
    deliveries: { delivered: new Counter(), retried: new Counter(), failed: new Counter() },
  };
}
