/** An account with people of every role, and calls to the agent API whose answers are checked strictly. */
import type { Endpoint } from '@hoory/contract';
import { expect } from 'vitest';
import { faultsOf } from '../../contract/test/strict.ts';
import type { InboxRow, UserRow } from '../src/db/tables.ts';
import { setUp, setUpAgent } from '../src/setup.ts';
import type { TestServer } from './server.ts';

export const password = 'Secret-123';

export interface Office {
  account_id: number;
  inbox: InboxRow;
  administrator: UserRow;
  /** An agent who is a member of the inbox. */
  member: UserRow;
  /** An agent who is a member of nothing. */
  outsider: UserRow;
  /** Administrator of another account. */
  foreigner: UserRow;
  foreign: { account_id: number; inbox: InboxRow };
}

/** Two accounts on a fresh server; the first with an administrator and two agents. */
export async function openOffice({ app }: TestServer): Promise<Office> {
  const own = await setUp(app, { account: 'Shop', email: 'ana@shop.test', password, inbox: 'App' });
  const other = await setUp(app, { account: 'Rival', email: 'eve@rival.test', password, inbox: 'Rival' });
  const add = (name: string, inboxes: number[]) =>
    setUpAgent(app, {
      account: own.account_id,
      email: `${name.toLowerCase()}@shop.test`,
      name,
      password,
      role: 'agent',
      inboxes,
    });
  return {
    account_id: own.account_id,
    inbox: own.inbox,
    administrator: own.user,
    member: await add('Mo', [own.inbox.id]),
    outsider: await add('Otto', []),
    foreigner: other.user,
    foreign: { account_id: other.account_id, inbox: other.inbox },
  };
}

export interface Call {
  /** Whose access token is sent; nobody's when absent. */
  as?: Pick<UserRow, 'access_token'>;
  params?: Record<string, string | number>;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer<Body> {
  status: number;
  body: Body;
  headers: Headers;
}

/** Calls an endpoint over HTTP. A completed call must answer exactly what the contract states. */
export async function call<Body = Record<string, unknown>>(
  server: TestServer,
  endpoint: Endpoint,
  { as, params = {}, body, headers = {} }: Call = {},
): Promise<Answer<Body>> {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name) => String(params[name] ?? 0));
  const answer = await fetch(`${server.url}${path}`, {
    method: endpoint.method,
    headers: {
      ...(as && { api_access_token: as.access_token }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.ok) {
    expect(answer.status).toBe(endpoint.status ?? 200);
    if (endpoint.returns === null) expect(text).toBe('');
    else expect(faultsOf(endpoint.returns, JSON.parse(text))).toEqual([]);
  }
  return {
    status: answer.status,
    body: (text ? JSON.parse(text) : undefined) as Body,
    headers: answer.headers,
  };
}
