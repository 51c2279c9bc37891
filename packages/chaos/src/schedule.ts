/** The faults of a run and their times, which follow from the seed alone. */
import { openRandom, type Random } from './random.ts';
import { type Behaviour, misbehaviours } from './system/receiver.ts';

/** Times are in milliseconds. Nodes count from 0. */
export type FaultPlan =
  | { name: 'kill a node'; node: number; awayMs: number }
  | { name: 'restart all nodes in turn' }
  | { name: 'restore a backup' }
  | { name: 'cut connections'; node: number; percent: number }
  | { name: 'half-open connections'; node: number; percent: number; forMs: number }
  | { name: 'lose answers'; node: number; percent: number; forMs: number }
  | { name: 'webhook receiver'; endpoint: string; behaviour: Behaviour; forMs: number }
  | { name: 'restart Redis'; awayMs: number }
  | { name: 'pause Redis'; forMs: number }
  | { name: 'restart PostgreSQL' }
  | { name: 'pause PostgreSQL'; forMs: number };

export interface Scheduled {
  /** Since the work began. */
  atMs: number;
  plan: FaultPlan;
}

export interface ScheduleOptions {
  seed: number;
  minutes: number;
  nodes: number;
  postgres: boolean;
  redis: boolean;
}

type Draw = (random: Random, options: ScheduleOptions) => FaultPlan;

/** Each kind with its weight. */
const kinds: readonly [weight: number, needs: 'postgres' | 'redis' | undefined, draw: Draw][] = [
  [
    22,
    undefined,
    (random, { nodes }) => ({
      name: 'kill a node',
      node: random.below(nodes),
      awayMs: random.between(0, 2_500),
    }),
  ],
  [6, undefined, () => ({ name: 'restart all nodes in turn' })],
  [
    20,
    undefined,
    (random, { nodes }) => ({
      name: 'cut connections',
      node: random.below(nodes),
      percent: random.between(30, 100),
    }),
  ],
  [
    12,
    undefined,
    (random, { nodes }) => ({
      name: 'half-open connections',
      node: random.below(nodes),
      percent: random.between(30, 100),
      forMs: random.between(2_000, 9_000),
    }),
  ],
  [
    20,
    undefined,
    (random, { nodes }) => ({
      name: 'lose answers',
      node: random.below(nodes),
      percent: random.between(20, 70),
      forMs: random.between(500, 3_000),
    }),
  ],
  [
    14,
    undefined,
    (random) => ({
      name: 'webhook receiver',
      endpoint: random.pick(['inbox', 'account']),
      behaviour: random.pick(misbehaviours),
      forMs: random.between(1_000, 6_000),
    }),
  ],
  [8, 'redis', (random) => ({ name: 'restart Redis', awayMs: random.between(0, 3_000) })],
  [8, 'redis', (random) => ({ name: 'pause Redis', forMs: random.between(500, 6_000) })],
  [6, 'postgres', () => ({ name: 'restart PostgreSQL' })],
  [6, 'postgres', (random) => ({ name: 'pause PostgreSQL', forMs: random.between(300, 5_000) })],
];

/** Before the first fault, and between two faults on average. */
const firstMs = 1_500;
const meanPauseMs = 1_800;

/** A restore ends all positions in the log, so there are few of them. */
const minutesOfRestore = 3;

/** The last part of the time is without new faults, so that those with a duration end within it. */
export function planFaults(options: ScheduleOptions): Scheduled[] {
  const random = openRandom(options.seed, 'faults');
  const possible = kinds.filter(([, needs]) => !needs || options[needs]);
  const lastMs = options.minutes * 60_000 - 1_000;
  const planned: Scheduled[] = [];
  for (let atMs = firstMs; atMs < lastMs; atMs += random.between(200, 2 * meanPauseMs - 200))
    planned.push({ atMs, plan: drawKind(possible, random)(random, options) });
  return [...planned, ...planRestores(options)].sort((a, b) => a.atMs - b.atMs);
}

/** One in each part of the time, so that no run is without. */
function planRestores({ seed, minutes }: ScheduleOptions): Scheduled[] {
  const random = openRandom(seed, 'restores');
  const parts = Math.ceil(minutes / minutesOfRestore);
  const partMs = (minutes * 60_000) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    atMs: Math.round(partMs * (part + random.between(30, 70) / 100)),
    plan: { name: 'restore a backup' },
  }));
}

function drawKind(possible: typeof kinds, random: Random): Draw {
  let rest = random.below(possible.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, , draw] of possible) {
    if (rest < weight) return draw;
    rest -= weight;
  }
  throw new Error('The weights do not add up');
}

/** One line, for reports. */
export function describePlan({ atMs, plan }: Scheduled): string {
  const { name, ...detail } = plan;
  return `${(atMs / 1000).toFixed(1).padStart(6)} s  ${name} ${detailOf(detail)}`.trimEnd();
}

export const detailOf = (detail: object): string =>
  Object.entries(detail)
    .map(([key, value]) => (key === 'node' ? `${key} ${Number(value) + 1}` : `${key} ${value}`))
    .join(', ');
