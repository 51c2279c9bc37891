/** How the figures of a section are judged and printed. */
import { describe, expect, it } from 'vitest';
import { printAll } from './all.ts';
import { judge, linesOf } from './lines.ts';

const post = {
  section: 'post',
  connections: 64,
  messages_per_second: 5000,
  without_storage_per_second: 20_000,
} as const;
const start = { section: 'start', database: 'sqlite' } as const;

describe('the lines of a section', () => {
  it('are judged by their floor and aim, whichever direction is better', () => {
    const judged = (ratio: number) => linesOf({ ...post, database: 'sqlite', ratio }).map(judge);
    expect([0.4, 0.25, 0.2, 0.19].map(judged)).toEqual([['aim'], ['floor'], ['floor'], ['below']]);
    const started = (start_ms: number) => linesOf({ ...start, start_ms, memory_mb: 95 }).map(judge);
    expect([700, 1500, 1501].map(started)).toEqual([
      ['aim', 'floor'],
      ['floor', 'floor'],
      ['below', 'floor'],
    ]);
  });

  it('are B1 on SQLite and B2 on PostgreSQL, each with its own floor', () => {
    const [sqlite] = linesOf({ ...post, database: 'sqlite', ratio: 0.19 });
    const [postgres] = linesOf({ ...post, database: 'postgres', ratio: 0.19 });
    expect(sqlite).toMatchObject({ name: 'B1', floor: 0.2, figure: 0.19 });
    expect(postgres).toMatchObject({ name: 'B2', floor: 0.18, figure: 0.19 });
  });

  it('are printed with units and what they reach', () => {
    const lines = linesOf({ ...start, start_ms: 1800, memory_mb: 88 });
    const text = printAll({ machine: 'a machine', date: '2026-01-02', lines, sections: [] });
    expect(text).toContain('a machine, 2026-01-02');
    expect(text).toMatch(/B8, start .* 1500 ms +700 ms +1800 ms +below its floor/);
    expect(text).toMatch(/B8, memory .* 130 MB +90 MB +88 MB +aim/);
  });
});
