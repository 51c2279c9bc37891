import { describe, expect, it } from 'vitest';
import { agentApi, clientApi, type Endpoint, type Input, type Output } from './index.ts';

const tables: Record<string, Record<string, Endpoint>> = { clientApi, agentApi };
const all = Object.values(tables).flatMap((table) => Object.entries(table));

describe('endpoints', () => {
  it('have operation ids that are unique over both APIs', () => {
    const names = all.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have one path for each verb', () => {
    const addresses = all.flatMap(([, { method, path, aliases = [] }]) =>
      [path, ...aliases].map((one) => `${method} ${one}`),
    );
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it.each(all)('%s names exactly the parameters of its path', (_name, endpoint) => {
    const named = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(endpoint.params?.properties ?? {}).sort()).toEqual(named.sort());
  });

  it.each(all)('%s asks for nothing in the path of a caller it does not have', (_name, { auth, path }) => {
    if (auth === 'session') expect(path).toContain('{contact_identifier}');
    if (auth === 'agent' || auth === 'administrator') expect(path).toContain('{account_id}');
  });

  it('read input and output types off the table', () => {
    const input: Input<typeof clientApi.postMessage> = {
      inbox_identifier: 'a',
      contact_identifier: 'b',
      conversation_id: 1,
      content: 'Hello',
      echo_id: 5,
    };
    const answer: Output<typeof clientApi.updateLastSeen> = undefined;
    // @ts-expect-error a number is not a content
    const wrong: Input<typeof clientApi.postMessage> = { ...input, content: 5 };
    expect([input.content, answer, wrong.content]).toEqual(['Hello', undefined, 5]);
  });
});
