/** One run: starts everything, lets people work while faults happen, waits until all is quiet, and judges. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check/check.ts';
import type { Evidence, FollowerFacts, Violation } from './check/violation.ts';
import { runFaults } from './faults.ts';
import { readHeads } from './followers/feed.ts';
import { follow } from './followers/follow.ts';
import type { Follower, Surroundings } from './followers/follower.ts';
import { type History, openHistory } from './history.ts';
import { openSession } from './load/customer.ts';
import type { CustomerAccess, Office } from './load/office.ts';
import { startWork } from './load/work.ts';
import type { Options } from './options.ts';
import { loseFrame, loseRow, type Plant } from './plant.ts';
import { openRandom } from './random.ts';
import { planFaults, type Scheduled } from './schedule.ts';
import { settle } from './settle.ts';
import { readApi } from './stored/read-api.ts';
import { readDatabase } from './stored/read-database.ts';
import { type Programs, type System, startSystem } from './system/system.ts';

export interface RunOptions extends Options {
  programs: Programs;
  plant?: Plant;
  /** Called with a sentence at each step. */
  progress(text: string): void;
}

export interface Outcome {
  options: Options;
  schedule: Scheduled[];
  evidence: Evidence;
  violations: Violation[];
  /** From the first work to the last judgement, in seconds. */
  tookSeconds: number;
  /** Where histories and logs are, when they were kept. */
  folder: string | undefined;
}

/** The sessions that have followers; other customers come and go. */
const followedCustomers = 3;

/** @throws when a part does not start or does not come back; the message names its folder, which is kept then */
export async function run(options: RunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-chaos-'));
  // PostgreSQL does not run as root, and its user must reach its folder in this one.
  chmodSync(folder, 0o711);
  const history = openHistory(join(folder, 'history.jsonl'));
  const over = new AbortController();
  let isKept = true;
  try {
    const system = await startSystem({ ...options, folder }, history);
    try {
      const judged = await observe({ options, system, history, signal: over.signal });
      isKept = options.keep || judged.violations.length > 0;
      return { ...judged, options, folder: isKept ? folder : undefined };
    } finally {
      over.abort();
      await system.stop();
    }
  } catch (error) {
    throw new Error(
      `The run with seed ${options.seed} could not be finished; its histories are in ${folder}`,
      {
        cause: error,
      },
    );
  } finally {
    await history.close();
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

interface Observing {
  options: RunOptions;
  system: System;
  history: History;
  signal: AbortSignal;
}

async function observe(observing: Observing): Promise<Omit<Outcome, 'options' | 'folder'>> {
  const { options, system, history, signal } = observing;
  const started = performance.now();
  const surroundings = { base: system.balancer.url, history, signal };
  let isOver = false;
  const random = openRandom(options.seed, 'network');
  const office: Office = {
    installation: system.installation,
    conversations: [],
    insisting: { ...surroundings, random },
    isOver: () => isOver,
  };
  const customers: CustomerAccess[] = [];
  for (let count = 1; count <= followedCustomers; count++)
    customers.push(
      await openSession(office, `customer-${count}`, openRandom(options.seed, `session ${count}`)),
    );
  const chromium = options.noChromium ? undefined : options.programs.chromium;
  const followers = await follow(surroundings, { office, customers, chromium });
  try {
    await Promise.all(followers.map(({ ready }) => ready));
    const from = await headsOf(surroundings, followers);
    options.progress(`${followers.length} followers are connected; people work and faults begin`);
    const schedule = planFaults({
      ...options,
      postgres: Boolean(system.postgres),
      redis: Boolean(system.redis),
    });
    const work = startWork(office, { seed: options.seed, customers });
    if (options.plant === 'lost-frame') void loseFrame(system);
    await Promise.all([
      runFaults({ system, history, seed: options.seed }, schedule),
      work.during(options.minutes * 60_000),
    ]);
    isOver = true;
    await work.finish();
    options.progress('the faults have ended; waiting until everything has arrived');
    const facts = (to: Heads) => followers.map((follower) => factsOf(follower, { from, to, customers }));
    const settled = await settle({
      system,
      heads: () => headsOf(surroundings, followers),
      receiptsAt: (to) => ({ entries: history.entries, followers: facts(to) }),
    });
    if (options.plant === 'lost-row') await loseRow(system);
    options.progress('judging');
    const database = await readDatabase(system.database);
    const api = await readApi(office, database);
    const evidence = { entries: [...history.entries], stored: { database, api }, followers: facts(settled) };
    const { administrator, agent } = system.installation;
    const violations = check(evidence, {
      endpoints: [...system.receivers.keys()],
      users: { administrator: administrator.user_id, agent: agent.user_id },
    });
    return { schedule, evidence, violations, tookSeconds: Math.round((performance.now() - started) / 1000) };
  } finally {
    for (const follower of followers) await follower.close();
  }
}

/** By the name of a person, the newest offset of each of their streams. */
type Heads = ReadonlyMap<string, ReadonlyMap<string, number>>;

async function headsOf(surroundings: Surroundings, followers: readonly Follower[]): Promise<Heads> {
  const heads = new Map<string, ReadonlyMap<string, number>>();
  for (const { identity } of followers)
    if (!heads.has(identity.name)) heads.set(identity.name, await readHeads(surroundings, identity));
  return heads;
}

const none: ReadonlyMap<string, number> = new Map();

const factsOf = (
  { name, kind, identity }: Follower,
  { from, to, customers }: { from: Heads; to: Heads; customers: readonly CustomerAccess[] },
): FollowerFacts => ({
  name,
  kind,
  role: identity.role,
  source_id: customers.find((customer) => customer.name === identity.name)?.source_id,
  from: from.get(identity.name) ?? none,
  to: to.get(identity.name) ?? none,
});
