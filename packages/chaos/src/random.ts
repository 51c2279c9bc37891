/** Random numbers from a seed: the same seed gives the same faults and the same work. */

export interface Random {
  /** A whole number from 0 to below `most`. */
  below(most: number): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
  /** One of `all`. @throws when there is none */
  pick<T>(all: readonly T[]): T;
  /** A version 4 UUID. */
  uuid(): string;
}

/** Generators of one seed with different names are independent of each other, however often each is called. */
export function openRandom(seed: number, name: string): Random {
  const next = mulberry32(hash(`${seed} ${name}`));
  const below = (most: number) => Math.floor(next() * most);
  const between = (low: number, high: number) => low + below(high - low + 1);
  return {
    below,
    between,
    chance: (percent) => below(100) < percent,
    pick: (all) => {
      const picked = all[below(all.length)];
      if (picked === undefined) throw new Error(`${name} has nothing to pick from`);
      return picked;
    },
    uuid: () => 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => below(16).toString(16)),
  };
}

function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const sign of text) state = Math.imul(state ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  return state >>> 0;
}

/** Numbers from 0 to below 1. */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
