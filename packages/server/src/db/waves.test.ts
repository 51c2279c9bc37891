import { describe, expect, it } from 'vitest';
import { type ScopedJob, toWaves } from './waves.ts';

interface NamedJob extends ScopedJob {
  name: string;
}

const job = (name: string, scope?: string[], verb: unknown = name): NamedJob => ({ name, scope, verb });
const namesOf = (jobs: NamedJob[]) =>
  toWaves(jobs).map((wave) => wave.map((group) => group.map(({ name }) => name)));

describe('the waves of a batch', () => {
  it('hold jobs without a common name side by side', () =>
    expect(namesOf([job('a', ['1']), job('b', ['2']), job('c', [])])).toEqual([[['a'], ['b'], ['c']]]));

  it('hold a job after every earlier one with which it shares a name', () =>
    expect(
      namesOf([job('a', ['1']), job('b', ['2', '1']), job('c', ['3']), job('d', ['2']), job('e', ['1'])]),
    ).toEqual([[['a'], ['c']], [['b']], [['d'], ['e']]]));

  it('group the jobs of a verb, in their order, also with a common name', () =>
    expect(
      namesOf([job('a', ['1'], 'post'), job('b', ['2']), job('c', ['1'], 'post'), job('d', ['3'], 'post')]),
    ).toEqual([[['a', 'c', 'd'], ['b']]]));

  it('do not let a job of a verb pass one that comes between', () =>
    expect(namesOf([job('a', ['1'], 'post'), job('b', ['1']), job('c', ['1'], 'post')])).toEqual([
      [['a']],
      [['b']],
      [['c']],
    ]));

  it('hold a job without a scope alone, between those before and those after', () =>
    expect(namesOf([job('a', ['1']), job('b'), job('c', ['2']), job('d', ['3'])])).toEqual([
      [['a']],
      [['b']],
      [['c'], ['d']],
    ]));

  it('group neighbours of one verb without a scope', () =>
    expect(namesOf([job('a', undefined, 'add'), job('b', undefined, 'add'), job('c')])).toEqual([
      [['a', 'b']],
      [['c']],
    ]));
});
