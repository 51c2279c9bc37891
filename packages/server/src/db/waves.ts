/** Divides a batch of jobs into waves: the jobs of a wave run side by side, one wave after another. */
import type { Scope } from './db.ts';

export interface ScopedJob {
  verb: unknown;
  /** A job without a scope is alone in its wave. */
  scope?: Scope | undefined;
}

/**
 * Each job comes after all earlier jobs with which it shares a name. Jobs of one wave with the same verb are a group, which the verb
 * handles together, also when they share names: it sees them in their order.
 */
export function toWaves<Job extends ScopedJob>(batch: readonly Job[]): Job[][][] {
  const waves: Map<unknown, Job[]>[] = [];
  /** The last wave with a job that has this name, and the verb of that job. */
  const last = new Map<string, { wave: number; verb: unknown }>();
  /** Jobs without a scope are a wall between those before and those after. */
  let wall = 0;
  for (const job of batch) {
    const { verb, scope } = job;
    let at = wall;
    if (!scope) {
      const isRepeated = waves.length === wall && waves.at(-1)?.has(verb);
      at = isRepeated ? wall - 1 : waves.length;
      wall = at + 1;
    } else
      for (const name of scope) {
        const earlier = last.get(name);
        if (earlier) at = Math.max(at, earlier.verb === verb ? earlier.wave : earlier.wave + 1);
      }
    for (const name of scope ?? []) last.set(name, { wave: at, verb });
    const wave = waves[at] ?? new Map<unknown, Job[]>();
    waves[at] = wave;
    const group = wave.get(verb);
    if (group) group.push(job);
    else wave.set(verb, [job]);
  }
  return waves.map((wave) => [...wave.values()]);
}
