/** The section `growth` of the bench, at sizes that are filled in seconds: every question is answered, the table is whole. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentApi, clientApi, type Endpoint } from '@hoory/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { questions } from '../src/bench/growth/questions/all.ts';
import { unasked } from '../src/bench/growth/questions/unasked.ts';
import type { GrowthFigures } from '../src/bench/growth/report.ts';
import { run } from './command-line.ts';
import { createDatabase } from './databases.ts';
import { engines } from './server.ts';

const data = mkdtempSync(join(tmpdir(), 'hoory-growth-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const measure = async (...options: string[]) => {
  const args = ['bench', '--only', 'growth', '--turns', '1', '--data', data, ...options];
  const { code, stdout, stderr } = await run(args, {});
  expect([code, stderr.split('\n').filter((line) => line.startsWith('Error'))]).toEqual([0, []]);
  return { stdout, stderr };
};

describe('the section growth', () => {
  it.each(engines)(
    'asks every question at each size on %s',
    async (engine) => {
      const database = engine === 'postgres' ? await createDatabase() : undefined;
      const on = database ? ['--database', database.url] : [];
      const { stdout } = await measure('--sizes', '400,200', '--json', ...on);
      const { sizes, lines }: Pick<GrowthFigures, 'sizes' | 'lines'> = JSON.parse(stdout);
      expect(sizes).toMatchObject([{ messages: 200 }, { messages: 400 }]);
      expect(sizes[1]?.bytes_per_message).toBe(Math.round((sizes[1]?.database_bytes ?? 0) / 400));
      expect(Object.keys(sizes[1]?.tables ?? {})).toContain('messages');
      const asked = lines.filter(({ kind }) => kind);
      expect(asked.map(({ name }) => name).sort()).toEqual(questions.map(({ name }) => name).sort());
      for (const { name, ms, wait_ms, longest_wait_ms, marks } of asked) {
        expect([name, marks.includes('refused')]).toEqual([name, false]);
        expect([name, ms.length, ms.every((one) => one > 0)]).toEqual([name, 2, true]);
        expect([name, longest_wait_ms >= wait_ms]).toEqual([name, true]);
      }
    },
    240_000,
  );

  it('finds the account that it has kept, and prints a table', async () => {
    const { stdout, stderr } = await measure('--sizes', '200');
    expect(stderr).toContain('200 messages were filled before');
    expect(stdout).toMatch(/^sqlite: \d+ questions; \d+ slow, 0 grow, \d+ delay others, 0 refused\n/);
    expect(stdout.split('\n').filter((line) => line.startsWith('messages of the long'))).toHaveLength(2);
  }, 120_000);
});

describe('the questions of the section growth', () => {
  it('have a name each', () => {
    expect(new Set(questions.map(({ name }) => name)).size).toBe(questions.length);
  });

  it('meet every endpoint, or the reason why not is stated', () => {
    const asked = new Set<Endpoint>(questions.map(({ endpoint }) => endpoint));
    const passedOver = new Set<string>(Object.values(unasked).flat());
    const all: [string, Endpoint][] = Object.entries({ ...clientApi, ...agentApi });
    const names = (wanted: ([name, endpoint]: [string, Endpoint]) => boolean) =>
      all.filter(wanted).map(([name]) => name);
    expect(names(([name, endpoint]) => !asked.has(endpoint) && !passedOver.has(name))).toEqual([]);
    expect(names(([name, endpoint]) => asked.has(endpoint) && passedOver.has(name))).toEqual([]);
  });
});
