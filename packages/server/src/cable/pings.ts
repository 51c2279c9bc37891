/** Pings the sockets in ticks of one timer, or at the interval that a client requested (cable.md A.5, D.4). */
import { MAX_PING_INTERVAL_SECONDS, PING_INTERVAL_SECONDS } from '@hoory/contract';
import { toTextFrame } from './frames.ts';
import type { CableConnection } from './subscription.ts';

const intervalMs = PING_INTERVAL_SECONDS * 1000;
/** Each tick pings a tenth of the sockets, so that pings of 10 000 sockets never delay a message for long. */
const ticksPerInterval = 10;
const tickMs = intervalMs / ticksPerInterval;

/** The time in a ping, as JSON, from milliseconds. */
const precisions = {
  s: (now: number) => `${Math.floor(now / 1000)}`,
  ms: (now: number) => `${now}`,
  // As text, because a number would lose its last digits.
  ns: (now: number) => `${now}000000`,
};
type Precision = keyof typeof precisions;

/** The ping options in a client's address: `pi` in seconds, and `ptp`. */
export interface PingOptions {
  everyMs: number;
  precision: Precision;
}

const isPrecision = (text: string): text is Precision => Object.hasOwn(precisions, text);

/** Reads `pi` and `ptp`; undefined when neither of them is valid. */
export function readPingOptions(query: URLSearchParams): PingOptions | undefined {
  const seconds = Number(query.get('pi') ?? Number.NaN);
  const isInterval = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_PING_INTERVAL_SECONDS;
  const precision = query.get('ptp') ?? '';
  if (!isInterval && !isPrecision(precision)) return undefined;
  return {
    everyMs: isInterval ? seconds * 1000 : intervalMs,
    precision: isPrecision(precision) ? precision : 's',
  };
}

/** Starts the timer. `onTick` is called at each tick, a few times a second. */
export function openPings(now: () => number, onTick: () => void) {
  const groups = Array.from({ length: ticksPerInterval }, () => new Set<CableConnection>());
  /** Connections with an interval of their own; `dueMs` is on the clock of the ticks. */
  const paced = new Map<CableConnection, PingOptions & { dueMs: number }>();
  let tick = 0;

  const groupAt = (time: number) => groups[time % ticksPerInterval] ?? new Set();

  function ping(): void {
    tick++;
    const frames = framesAt(now());
    for (const connection of groupAt(tick)) {
      connection.onInterval();
      if (!paced.size || !paced.has(connection)) connection.write(frames('s'));
    }
    for (const [connection, pace] of paced) {
      if (pace.dueMs > tick * tickMs) continue;
      pace.dueMs += pace.everyMs;
      connection.write(frames(pace.precision));
    }
    onTick();
  }

  const timer = setInterval(ping, tickMs);

  return {
    /** Pings the connection from now on, the first time after a whole interval. */
    add(connection: CableConnection, options?: PingOptions): void {
      groupAt(tick).add(connection);
      if (options) paced.set(connection, { ...options, dueMs: tick * tickMs + options.everyMs });
    },
    delete(connection: CableConnection): void {
      for (const group of groups) group.delete(connection);
      paced.delete(connection);
    },
    count: () => groups.reduce((sum, group) => sum + group.size, 0),
    connections: () => groups.flatMap((group) => [...group]),
    stop: () => clearInterval(timer),
  };
}

/** The ping frames of one tick, each encoded at its first use. */
function framesAt(now: number): (precision: Precision) => Buffer {
  const made: Partial<Record<Precision, Buffer>> = {};
  return (precision) => {
    made[precision] ??= toTextFrame(`{"type":"ping","message":${precisions[precision](now)}}`);
    return made[precision];
  };
}
