/** Pings every socket: all in turns by one timer, and those whose client asked for it at a pace of their own (cable.md A.5, D.4). */
import { MAX_PING_INTERVAL_SECONDS, PING_INTERVAL_SECONDS } from '@hoory/contract';
import { toTextFrame } from './frames.ts';
import type { CableConnection } from './subscription.ts';

/** Milliseconds between two pings of a socket. */
const usual = PING_INTERVAL_SECONDS * 1000;
/** Sockets are pinged in turns, so that ten thousand of them never hold up a message. */
const turns = 10;
const turnEvery = usual / turns;

/** How a ping tells the time: unix seconds, or finer where a client asked for it. */
const precisions = {
  s: (now: number) => `${Math.floor(now / 1000)}`,
  ms: (now: number) => `${now}`,
  // Text, since a number would lose its last digits.
  ns: (now: number) => `${now}000000`,
};

/** What a client asked for in its URL: `pi` in seconds, `ptp`. */
export interface Pace {
  every: number;
  precision: keyof typeof precisions;
}

/** Reads `pi` and `ptp`; undefined when neither says anything that can be done. */
export function readPace(query: URLSearchParams): Pace | undefined {
  const seconds = Number(query.get('pi') ?? Number.NaN);
  const isPace = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_PING_INTERVAL_SECONDS;
  const precision = query.get('ptp') ?? '';
  const isPrecision = Object.hasOwn(precisions, precision);
  if (!isPace && !isPrecision) return undefined;
  return {
    every: isPace ? seconds * 1000 : usual,
    precision: isPrecision ? (precision as Pace['precision']) : 's',
  };
}

/** Starts the timer. `onTurn` is called at each turn, a few times a second. */
export function openPings(now: () => number, onTurn: () => void) {
  const waves = Array.from({ length: turns }, () => new Set<CableConnection>());
  const paced = new Map<CableConnection, Pace & { due: number }>();
  let turn = 0;

  const waveOf = (at: number) => waves[at % turns] as Set<CableConnection>;

  const timer = setInterval(() => {
    turn++;
    const frames = framesAt(now());
    const time = turn * turnEvery;
    for (const connection of waveOf(turn)) {
      connection.rest();
      if (!paced.size || !paced.has(connection)) connection.write(frames('s'));
    }
    for (const [connection, pace] of paced) {
      if (pace.due > time) continue;
      pace.due += pace.every;
      connection.write(frames(pace.precision));
    }
    onTurn();
  }, turnEvery);

  return {
    /** Pings the connection from now on, the first time after a whole pause. */
    add(connection: CableConnection, pace?: Pace): void {
      waveOf(turn).add(connection);
      if (pace) paced.set(connection, { ...pace, due: turn * turnEvery + pace.every });
    },
    delete(connection: CableConnection): void {
      for (const wave of waves) wave.delete(connection);
      paced.delete(connection);
    },
    count: () => waves.reduce((sum, wave) => sum + wave.size, 0),
    connections: () => waves.flatMap((wave) => [...wave]),
    stop: () => clearInterval(timer),
  };
}

/** Frames of one moment, each made when first asked for. */
function framesAt(now: number): (precision: Pace['precision']) => Buffer {
  const made: Partial<Record<Pace['precision'], Buffer>> = {};
  return (precision) => {
    made[precision] ??= toTextFrame(`{"type":"ping","message":${precisions[precision](now)}}`);
    return made[precision];
  };
}
