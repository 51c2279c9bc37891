import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentApi, clientApi, type Endpoint } from '../src/index.ts';
import { type Document, differencesOf, type Operation } from './compare.ts';
import { differences, leftOut } from './published-differences.ts';

const verbs = ['get', 'post', 'put', 'patch', 'delete'];
const read = (name: string): Document =>
  JSON.parse(readFileSync(new URL(`./published/${name}_swagger.json`, import.meta.url), 'utf8'));

/** Names of path parameters differ; the path does not. */
const bare = (path: string) => path.replaceAll(/\{\w+\}/g, '{}').replace(/\/$/, '');

const endpoints = new Map(
  Object.values<Endpoint>({ ...clientApi, ...agentApi }).map((one) => [
    `${one.method} ${bare(one.path)}`,
    one,
  ]),
);

interface Pair {
  document: Document;
  operation: Operation;
  address: string;
  ours: Endpoint | undefined;
}

const pairs = ['client', 'application'].flatMap((name) => {
  const document = read(name);
  return Object.entries(document.paths).flatMap(([path, item]) =>
    verbs
      .filter((verb) => item[verb])
      .map((verb): Pair => {
        const address = `${verb === 'put' ? 'PATCH' : verb.toUpperCase()} ${bare(path)}`;
        return { document, operation: item[verb]!, address, ours: endpoints.get(address) };
      }),
  );
});

describe('the published documents', () => {
  it('have no operation that is neither ours nor left out', () => {
    const missing = pairs.filter(({ ours }) => !ours).map(({ address }) => address);
    expect(missing.filter((address) => !leftOut.some(({ pattern }) => pattern.test(address)))).toEqual([]);
    const idle = leftOut.filter(({ pattern }) => !missing.some((address) => pattern.test(address)));
    expect(idle.map(({ pattern }) => String(pattern))).toEqual([]);
  });

  it('differ from ours where the table says, and nowhere else', () => {
    const found = pairs.flatMap(({ document, operation, ours }) =>
      ours ? differencesOf(document, operation, ours) : [],
    );
    const unknown = found.filter((one) => !differences.some(({ pattern }) => pattern.test(one)));
    expect([...new Set(unknown)]).toEqual([]);
    const idle = differences.filter(({ pattern }) => !found.some((one) => pattern.test(one)));
    expect(idle.map(({ pattern }) => String(pattern))).toEqual([]);
  });
});
