/** One run: starts everything, lets people work while faults happen, waits until all is quiet, and judges. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check/check.ts';
import { writeEvidence } from './check/evidence-file.ts';
import type { Evidence, FollowerFacts, Violation } from './check/violation.ts';
import { runFaults } from './faults.ts';
import { readHeads } from './followers/feed.ts';
import { follow } from './followers/follow.ts';
import type { Follower, Surroundings } from './followers/follower.ts';
import { entriesOf, type History, openHistory, type Timed } from './history.ts';
import { openSession } from './load/customer.ts';
import type { CustomerAccess, Office } from './load/office.ts';
import { startWork } from './load/work.ts';
import type { Options } from './options.ts';
import { openRandom } from './random.ts';
import { planFaults, type Scheduled } from './schedule.ts';
import { settle } from './settle.ts';
import { readApi } from './stored/read-api.ts';
import { readDatabase } from './stored/read-database.ts';
import { type Programs, type System, startSystem } from './system/system.ts';

export interface RunOptions extends Options {
  programs: Programs;
  /** Called with a sentence at each step. */
  progress(text: string): void;
}

export interface Outcome {
  options: Options;
  schedule: Scheduled[];
  evidence: Evidence;
  violations: Violation[];
  /** From the first follower to the last judgement, in seconds. */
  tookSeconds: number;
  /** Where histories and logs are, when they were kept. */
  folder: string | undefined;
}

/** The sessions that have followers; other customers come and go. */
const followedCustomers = 3;

/** @throws when a part does not start or does not come back; the message names the folder, which is kept then */
export async function run(options: RunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-chaos-'));
  // PostgreSQL does not run as root, and its user must reach its folder in this one.
  chmodSync(folder, 0o711);
  const history = openHistory(join(folder, 'history.jsonl'));
  let isKept = true;
  try {
    const system = await startSystem({ ...options, folder }, history);
    const stopWatching = stopOnSignals(system);
    try {
      const judged = await observe({ options, system, history });
      isKept = options.keep || judged.violations.length > 0;
      return { ...judged, options, folder: isKept ? folder : undefined };
    } finally {
      await system.stop();
      stopWatching();
    }
  } catch (error) {
    const text = `The run with seed ${options.seed} could not be finished; its histories are in ${folder}`;
    throw new Error(text, { cause: error });
  } finally {
    await history.close();
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

/** Leaves no program behind when the run is stopped. @returns a function that ends this */
function stopOnSignals(system: System): () => void {
  const stop = () => void system.stop().finally(() => process.exit(2));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

interface Observing {
  options: RunOptions;
  system: System;
  history: History;
}

/** The parts of a run whose people and followers are ready. */
interface Scene extends Observing {
  surroundings: Surroundings;
  office: Office;
  customers: readonly CustomerAccess[];
  followers: readonly Follower[];
  /** Ends the work of people. */
  end(): void;
}

async function observe(observing: Observing): Promise<Omit<Outcome, 'options' | 'folder'>> {
  const started = performance.now();
  const over = new AbortController();
  const scene = await openScene(observing, over.signal);
  const { options, system } = observing;
  const planned = { ...options, postgres: Boolean(system.postgres), redis: Boolean(system.redis) };
  const schedule = planFaults(planned);
  try {
    await Promise.all(scene.followers.map(({ ready }) => ready));
    const from = await headsOf(scene);
    options.progress(`${scene.followers.length} followers are connected; people work and faults begin`);
    await workAmongFaults(scene, schedule, over);
    options.progress('the faults have ended; waiting until everything has arrived');
    const factsAt = (to: Heads) =>
      scene.followers.map((follower) => factsOf(follower, { ...scene, from, to }));
    const receiptsAt = (to: Heads) => ({ entries: scene.history.entries, followers: factsAt(to) });
    const to = await settle({ system, heads: () => headsOf(scene), receiptsAt });
    options.progress('judging');
    const judged = await judge(scene, factsAt(to));
    return { schedule, ...judged, tookSeconds: Math.round((performance.now() - started) / 1000) };
  } finally {
    over.abort();
    for (const follower of scene.followers) await follower.close();
  }
}

async function openScene(observing: Observing, signal: AbortSignal): Promise<Scene> {
  const { options, system, history } = observing;
  const surroundings = { base: system.balancer.url, history, signal };
  let isOver = false;
  const office: Office = {
    installation: system.installation,
    conversations: [],
    insisting: { ...surroundings, random: openRandom(options.seed, 'network') },
    isOver: () => isOver,
  };
  const customers: CustomerAccess[] = [];
  for (let count = 1; count <= followedCustomers; count++)
    customers.push(
      await openSession(office, `customer-${count}`, openRandom(options.seed, `session ${count}`)),
    );
  const chromium = options.noChromium ? undefined : options.programs.chromium;
  const followers = await follow(surroundings, { office, customers, chromium });
  const end = () => {
    isOver = true;
  };
  return { ...observing, surroundings, office, customers, followers, end };
}

/** Events that every follower receives after the last fault, before people stop. */
const eventsAfterFaults = 10;

/** Resolves when the faults have ended, everybody follows again, and everybody has the answers to what they sent. */
async function workAmongFaults(
  { options, system, history, office, customers, followers, end }: Scene,
  schedule: readonly Scheduled[],
  over: AbortController,
): Promise<void> {
  const { seed } = options;
  const work = startWork(office, { seed, customers });
  const faults = runFaults({ system, history, seed, signal: over.signal }, schedule);
  try {
    await Promise.all([faults, work.during(options.minutes * 60_000)]);
    const from = history.entries.length;
    await work.until(() => {
      const counts = countEvents(history.entries.slice(from));
      return followers.every(({ name }) => (counts.get(name) ?? 0) >= eventsAfterFaults);
    });
    end();
    await work.finish();
  } catch (error) {
    over.abort();
    // A fault that has begun starts again what it stopped, and nothing may start after the system was stopped.
    await faults.catch(() => {});
    throw error;
  }
}

/** By follower. */
function countEvents(entries: readonly Timed[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { follower } of entriesOf(entries, 'event'))
    counts.set(follower, (counts.get(follower) ?? 0) + 1);
  return counts;
}

/** Reads what is stored and judges it with the histories. */
async function judge(
  { system, history, office }: Scene,
  followers: readonly FollowerFacts[],
): Promise<Pick<Outcome, 'evidence' | 'violations'>> {
  const database = await readDatabase(system.database);
  const api = await readApi(office, database);
  const evidence = { entries: [...history.entries], stored: { database, api }, followers };
  const { administrator, agent } = system.installation;
  const installed = {
    endpoints: [...system.receivers.keys()],
    users: { administrator: administrator.user_id, agent: agent.user_id },
  };
  writeEvidence(system.folder, evidence, installed);
  return { evidence, violations: check(evidence, installed) };
}

/** By the name of a person, the newest offset of each of their streams. */
type Heads = ReadonlyMap<string, ReadonlyMap<string, number>>;

async function headsOf({ surroundings, followers }: Scene): Promise<Heads> {
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
