/** The calls are the contract's: checked by the compiler, and once by hand. */
import { clientApi, type Endpoint, type Input, type Output } from '@hoory/contract';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type ClientApi, createClientApi } from './client-api.ts';
import type { HttpRequest } from './http.ts';

type Contract = typeof clientApi;

/** The input of a call, with the session's own parameters, which the client fills in. */
type Taken<Name extends keyof ClientApi> = (Parameters<ClientApi[Name]>[0] & object) & {
  inbox_identifier: string;
  contact_identifier: string;
};

/** True for every call whose input the contract does not take, or whose answer is not the contract's. */
type Wrong = {
  [Name in keyof ClientApi]: Taken<Name> extends Input<Contract[Name]>
    ? Output<Contract[Name]> extends Awaited<ReturnType<ClientApi[Name]>>
      ? never
      : Name
    : Name;
}[keyof ClientApi];

describe('client API', () => {
  it('has every endpoint of the contract, as it is', () => {
    expectTypeOf<keyof ClientApi>().toEqualTypeOf<keyof Contract>();
    expectTypeOf<Wrong>().toBeNever();
  });

  it('sends every call with the method and the path of the contract', async () => {
    const sent: string[] = [];
    const http = async ({ method, path }: HttpRequest) => void sent.push(`${method} ${path}`);
    const client = createClientApi(http, 'inbox_identifier', async () => 'contact_identifier');
    const api = client as unknown as Record<string, (input: object) => Promise<unknown>>;
    for (const [name, { method, path }] of Object.entries<Endpoint>(clientApi)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => [parameter, parameter]);
      await api[name]!(Object.fromEntries(names));
      expect(sent.at(-1)).toBe(`${method} ${path.replace(/[{}]/g, '')}`);
    }
    expect(Object.keys(api)).toHaveLength(sent.length);
  });

  it('fills in the path, and sends the rest', async () => {
    const sent: HttpRequest[] = [];
    const http = async (request: HttpRequest) => void sent.push(request);
    const api = createClientApi(http, 'inbox', async () => 'a/b@c');
    await api.listMessages({ conversation_id: 12, before: 7 });
    await api.postMessage({ conversation_id: 12, content: 'Hi', echo_id: 'e' });
    const path = '/public/api/v1/inboxes/inbox/contacts/a%2Fb%40c/conversations/12/messages';
    expect(sent).toMatchObject([
      { method: 'GET', path, query: { before: 7 } },
      { method: 'POST', path, body: { content: 'Hi', echo_id: 'e' } },
    ]);
  });
});
