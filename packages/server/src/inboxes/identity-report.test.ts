import { agentApi, type IdentityReport } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { hmacHex } from '../secrets.ts';

const { agentGetIdentityReport, agentUpdateInbox } = agentApi;
const day = 86_400_000;

describe.each(engines)('the identity report on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let clock: number;

  beforeAll(async () => {
    clock = Date.now();
    server = await startTestServer({ engine, now: () => clock });
    fixture = await createAccount(server);
    await setPolicy('legacy');
  });
  afterAll(() => server.stop());

  const own = () => ({ account_id: fixture.account_id, id: fixture.inbox.id });
  const setPolicy = (identity_policy: string) =>
    call(server, agentUpdateInbox, { as: fixture.administrator, params: own(), body: { identity_policy } });
  const report = async () =>
    (await call<IdentityReport>(server, agentGetIdentityReport, { as: fixture.administrator, params: own() }))
      .body;

  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return answer.json() as Promise<Record<string, unknown>>;
  };
  /** A customer who opens a session and writes in it. */
  const write = async (contact: object) => {
    const { source_id } = await post('/contacts', contact);
    const { id } = await post(`/contacts/${source_id}/conversations`, {});
    await post(`/contacts/${source_id}/conversations/${id}/messages`, { content: 'Hello' });
    return { source_id, id };
  };

  it('is empty before the first message', async () => {
    expect(await report()).toEqual({
      since: Math.floor((clock - 30 * day) / 1000),
      complete: true,
      sessions: { active: 0, verified: 0, guessable: 0, claiming: 0 },
      refused: { legacy: 0, safe: 0, enforce: 0 },
      examples: [],
    });
  });

  it('counts the sessions that each policy would refuse, and lists unverified ones', async () => {
    const identifier = 'customer-42';
    const identifier_hash = hmacHex(fixture.inbox.hmac_token, identifier);
    await write({ name: 'Vera', identifier, identifier_hash, email: 'vera@mail.test' });
    clock += 1_000;
    await write({ name: 'Gus', source_id: 'guessable-1' });
    await setPolicy('safe');
    clock += 1_000;
    const { id } = await write({ name: 'Cleo', email: 'vera@mail.test' });
    const { sessions, refused, examples } = await report();
    expect(sessions).toEqual({ active: 3, verified: 1, guessable: 1, claiming: 1 });
    expect(refused).toEqual({ legacy: 0, safe: 1, enforce: 2 });
    expect(examples).toMatchObject([
      { name: 'Cleo', conversation_id: id, guessable: false, claiming: true },
      { name: 'Gus', guessable: true, claiming: false },
    ]);
  });

  it('counts a session once, whatever the number of its conversations', async () => {
    const before = await report();
    const { source_id } = await write({ name: 'Twice' });
    const second = await post(`/contacts/${source_id}/conversations`, {});
    clock += 1_000;
    await post(`/contacts/${source_id}/conversations/${second.id}/messages`, { content: 'Again' });
    const after = await report();
    expect(after.sessions.active).toBe(before.sessions.active + 1);
    expect(after.examples[0]).toMatchObject({ name: 'Twice', conversation_id: second.id });
  });

  it('leaves out sessions without a message for 30 days', async () => {
    clock += 31 * day;
    expect((await report()).sessions.active).toBe(0);
  });

  it('is not found for an inbox of another account', async () => {
    const foreign = { account_id: fixture.account_id, id: fixture.foreign.inbox.id };
    const { status } = await call(server, agentGetIdentityReport, {
      as: fixture.administrator,
      params: foreign,
    });
    expect(status).toBe(404);
  });
});
