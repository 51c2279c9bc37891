/** `hoory soak` for some seconds: all that it names is done and measured. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SoakFigures } from '../src/bench/soak/soak.ts';
import { run } from './command-line.ts';
import { createDatabase } from './databases.ts';
import { engines } from './server.ts';

describe('the soak', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hoory-soak-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each(engines)(
    'works, visits, asks and measures on %s',
    async (engine) => {
      const csv = join(folder, 'soak.csv');
      const database = engine === 'postgres' ? ['--database', (await createDatabase()).url] : [];
      const args = ['soak', '--minutes', '0.1', '--rate', '40', '--csv', csv, '--json', ...database];
      const { code, stdout, stderr } = await run(args, {});
      expect(stderr).not.toMatch(/^Error/m);
      const { samples, lines, ...figures }: SoakFigures = JSON.parse(stdout);
      expect(figures).toMatchObject({ database: engine, minutes: 0.1, rate: 40 });
      expect(code).toBe(figures.isFlat ? 0 : 1);
      expect(figures.messages).toBeGreaterThan(0);
      expect(figures.messages % 5).toBe(0);
      expect(samples.reduce((sum, { visits }) => sum + visits, 0)).toBeGreaterThan(0);
      for (const sample of samples) {
        expect(sample.memory_mb).toBeGreaterThan(10);
        expect(sample.database_mb).toBeGreaterThan(0);
        expect(sample.descriptors).toBeGreaterThan(0);
      }
      expect(Math.max(...samples.map(({ log_entries }) => log_entries))).toBeGreaterThan(0);
      expect(lines.map(({ name }) => name)).toContain('bytes_per_message');
      expect(readFileSync(csv, 'utf8').trimEnd().split('\n')).toHaveLength(samples.length + 1);
    },
    600_000,
  );
});
