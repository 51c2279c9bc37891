import { describe, expect, it } from 'vitest';
import { planYear } from './fill.ts';
import { openRandom } from './random.ts';
import { toExponent, toLines } from './report.ts';
import { knownWords, pickRank, sentence, wordOfRank } from './words.ts';

describe('words', () => {
  it('are used by the law of Zipf', () => {
    const random = openRandom(1);
    const counts = new Map<number, number>();
    for (let i = 0; i < 200_000; i++) {
      const rank = pickRank(random);
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    const first = counts.get(0) ?? 0;
    for (const rank of [1, 3, 9, 49]) {
      const share = (counts.get(rank) ?? 0) / first;
      expect(share * (rank + 1)).toBeGreaterThan(0.85);
      expect(share * (rank + 1)).toBeLessThan(1.15);
    }
    expect(Math.max(...counts.keys())).toBeGreaterThan(19_000);
    expect(Math.max(...counts.keys())).toBeLessThan(20_000);
  });

  it('are another at each rank, some Chinese and some Arabic', () => {
    const words = Array.from({ length: 20_000 }, (_, rank) => wordOfRank(rank));
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((word) => /^\p{Script=Han}+$/u.test(word)).length).toBeGreaterThan(1000);
    expect(words.filter((word) => /^\p{Script=Arabic}+$/u.test(word)).length).toBeGreaterThan(1000);
    expect(knownWords.chinese).toMatch(/^\p{Script=Han}+$/u);
    expect(knownWords.arabic).toMatch(/^\p{Script=Arabic}+$/u);
  });

  it('are the same for the same seed', () => {
    const say = (seed: number) => sentence(openRandom(seed));
    expect(say(7)).toBe(say(7));
    expect(say(7)).not.toBe(say(8));
  });
});

describe('the year', () => {
  it.each([200, 10_000, 1_000_000])('holds %i messages', (messages) => {
    const { lengths, longLength, busy, steps } = planYear(openRandom(1), messages);
    expect(lengths.reduce((sum, length) => sum + length, busy + longLength)).toBe(messages);
    expect(steps).toBeLessThanOrEqual(lengths.length);
  });
});

describe('a line', () => {
  const question = (kind: 'write' | 'read') => ({ name: 'q', kind, endpoint: { path: '' } });
  const line = (kind: 'write' | 'read', ms: readonly [number, number], longest_wait_ms = 1) =>
    toLines(
      [question(kind)] as never,
      ms.map((one, size) => ({
        messages: 10 ** (4 + size),
        database: { bytes: 0, tables: [] },
        measured: [
          { name: 'q', ms: one, fastest_ms: one, bytes: 1, wait_ms: 1, longest_wait_ms, refused: 0 },
        ],
      })),
    )[0];

  it('states how its time grows with the size', () => {
    expect(toExponent([2, 2], [1e4, 1e6])).toBe(0);
    expect(toExponent([1, 100], [1e4, 1e6])).toBe(1);
    expect(toExponent([1, 10], [1e4, 1e6])).toBe(0.5);
    expect(toExponent([5], [1e4])).toBe(0);
  });

  it('is marked when it is out of aim', () => {
    expect(line('write', [4, 5])?.marks).toEqual([]);
    expect(line('write', [4, 8])?.marks).toEqual(['grows']);
    expect(line('write', [0.2, 0.8])?.marks).toEqual([]);
    expect(line('read', [4, 8])?.marks).toEqual([]);
    expect(line('read', [4, 101], 21)?.marks).toEqual(['slow', 'delays']);
  });
});
