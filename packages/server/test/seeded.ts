/** Random numbers that are the same in every run. */

/** @returns a function that answers a whole number from 0 to below `most`; two of one `seed` (from 1) answer alike */
export function seeded(seed: number): (most: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) || 1;
  return (most) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % most;
  };
}
