/** Carries out the faults of a schedule on the running system. */
import type { History } from './history.ts';
import { openRandom, type Random } from './random.ts';
import { detailOf, type FaultPlan, type Scheduled } from './schedule.ts';
import type { System } from './system/system.ts';
import { sleep } from './wait.ts';

interface Faults {
  system: System;
  history: History;
  random: Random;
}

/** Resolves when the last fault has ended; after `signal` no new one begins. @throws when a node, the database or Redis does not come back */
export async function runFaults(
  { system, history, seed, signal }: { system: System; history: History; seed: number; signal: AbortSignal },
  schedule: readonly Scheduled[],
): Promise<void> {
  const faults: Faults = { system, history, random: openRandom(seed, 'victims') };
  const started = performance.now();
  const running: Promise<void>[] = [];
  let failure: unknown;
  for (const { atMs, plan } of schedule) {
    await sleep(Math.max(0, started + atMs - performance.now()));
    if (failure || signal.aborted) break;
    const { name, ...detail } = plan;
    history.add({ kind: 'fault', name, detail: detailOf(detail) });
    running.push(
      cause(faults, plan).catch((error: unknown) => {
        failure ??= error;
      }),
    );
  }
  await Promise.all(running);
  if (failure) throw failure;
}

/** Two faults of the database or of Redis come one after the other. */
const turns = new WeakMap<object, Promise<void>>();

function inTurn(part: object, work: () => Promise<void>): Promise<void> {
  const turn = (turns.get(part) ?? Promise.resolve()).then(work);
  turns.set(part, turn);
  return turn;
}

async function cause({ system, history, random }: Faults, plan: FaultPlan): Promise<void> {
  const isHit = (percent: number) => random.chance(percent);
  const { nodes, links, receivers, postgres, redis } = system;
  switch (plan.name) {
    case 'kill a node':
      return nodes[plan.node]?.kill(plan.awayMs);
    case 'restart all nodes in turn':
      for (const node of nodes) await node.restart();
      return;
    case 'cut connections':
      links[plan.node]?.cut(plan.percent, isHit);
      return;
    case 'half-open connections': {
      const frozen = links[plan.node]?.freeze(plan.percent, isHit);
      await sleep(plan.forMs);
      return frozen?.end();
    }
    case 'lose answers': {
      const lost = () => history.add({ kind: 'fault', name: 'an answer was lost', detail: '' });
      const stop = links[plan.node]?.loseAnswers(() => isHit(plan.percent), lost);
      await sleep(plan.forMs);
      return stop?.();
    }
    case 'webhook receiver':
      receivers.get(plan.endpoint)?.behave(plan.behaviour);
      await sleep(plan.forMs);
      return receivers.get(plan.endpoint)?.behave('well');
    case 'restore a backup':
      return inTurn(postgres ?? system, () => system.restore());
    case 'restart Redis':
      return redis && inTurn(redis, () => redis.restart(plan.awayMs));
    case 'pause Redis':
      return redis && inTurn(redis, () => redis.pause(plan.forMs));
    case 'restart PostgreSQL':
      return postgres && inTurn(postgres, () => postgres.restart());
    case 'pause PostgreSQL':
      return postgres && inTurn(postgres, () => postgres.pause(plan.forMs));
  }
}
