/** An account with people of every role, and calls to the agent API whose answers are checked strictly. */
import type { Endpoint } from '@hoory/contract';
import { expect } from 'vitest';
import { faultsOf } from '../../contract/test/strict.ts';
import { insertAccount } from '../src/accounts/store.ts';
import { addMember } from '../src/agents/agents.ts';
import type { Role } from '../src/agents/rules.ts';
import { hashPassword } from '../src/auth/password.ts';
import type { InboxRow, UserRow } from '../src/db/tables.ts';
import { addInbox } from '../src/inboxes/inboxes.ts';
import { insertMembers } from '../src/inboxes/store.ts';
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

/** One for everybody and for all files of a worker: a hash takes long on purpose. */
let hash: Promise<string> | undefined;

/** Two accounts on a fresh server; the first with an administrator and two agents. */
export async function openOffice({ app }: TestServer): Promise<Office> {
  hash ??= hashPassword(password);
  const password_hash = await hash;
  return app.db.write(async (tx) => {
    const add = (account_id: number, role: Role, email: string, name: string) =>
      addMember(app, tx, { account_id, role, newUser: { email, name, password_hash, confirmed: 1 } });
    const open = async (name: string, email: string, inboxName: string) => {
      const { id } = await insertAccount(app, tx, name);
      const administrator = await add(id, 'administrator', email, email.replace(/@.*/, ''));
      const inbox = await addInbox(app, tx, id, { name: inboxName });
      await insertMembers(app, tx, { inbox_id: inbox.id, user_ids: [administrator.id] });
      return { account_id: id, administrator, inbox };
    };
    const own = await open('Shop', 'ana@shop.test', 'App');
    const { administrator: foreigner, ...foreign } = await open('Rival', 'eve@rival.test', 'Rival');
    const member = await add(own.account_id, 'agent', 'mo@shop.test', 'Mo');
    await insertMembers(app, tx, { inbox_id: own.inbox.id, user_ids: [member.id] });
    const outsider = await add(own.account_id, 'agent', 'otto@shop.test', 'Otto');
    return { ...own, member, outsider, foreigner, foreign };
  });
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
  server: Pick<TestServer, 'url'>,
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
