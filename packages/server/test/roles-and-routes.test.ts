import { agentApi, type Endpoint } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserRow } from '../src/db/tables.ts';
import { type AccountFixture, call, createAccount } from './fixtures/account.ts';
import { engines, startTestServer, type TestServer } from './server.ts';

const guarded = Object.entries(agentApi as Record<string, Endpoint>).filter(
  ([, { auth }]) => auth === 'agent' || auth === 'administrator',
);
const forAdministrators = guarded.filter(([, { auth }]) => auth === 'administrator');
const refusal = { error: 'You are not authorized to do this action' };

describe.each(engines)('permissions of endpoints on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  /** Names nothing that exists but the account, so that nothing is changed by the whole matrix. */
  const knock = (endpoint: Endpoint, as?: UserRow, account_id = fixture.account_id) =>
    call(server, endpoint, { as, params: { account_id, id: 999, inbox_id: 999, conversation_id: 999 } });

  it.each(guarded)('%s refuses a caller without credentials', async (_name, endpoint) => {
    const { status, body } = await knock(endpoint);
    expect({ status, body }).toEqual({ status: 401, body: { errors: [expect.any(String)] } });
  });

  it.each(guarded)('%s refuses a user of another account and reveals nothing', async (_name, endpoint) => {
    const { status, body } = await knock(endpoint, fixture.foreigner);
    expect(status).toBe(endpoint.path.endsWith('{account_id}') ? 404 : 401);
    expect(body).toEqual({ error: expect.any(String) });
  });

  it.each(guarded)('%s knows no account that does not exist', async (_name, endpoint) => {
    const { status, body } = await knock(endpoint, fixture.administrator, 999);
    expect({ status, body }).toEqual({ status: 404, body: { error: 'Resource could not be found' } });
  });

  it.each(forAdministrators)('%s refuses agents, members or not', async (_name, endpoint) => {
    for (const agent of [fixture.member, fixture.outsider]) {
      const { status, body } = await knock(endpoint, agent);
      expect({ status, body }).toEqual({ status: 401, body: refusal });
    }
  });

  it.each(guarded)('%s lets the administrator through and never breaks', async (_name, endpoint) => {
    const { status } = await knock(endpoint, fixture.administrator);
    expect([200, 204, 404, 422]).toContain(status);
  });

  it.each(guarded)('%s gives foreign and absent records the same answer', async (_name, endpoint) => {
    if (!/\{(id|inbox_id)\}/.test(endpoint.path)) return;
    const id = fixture.foreign.inbox.id;
    const ask = (record: number) =>
      call(server, endpoint, {
        as: fixture.administrator,
        params: { account_id: fixture.account_id, id: record, inbox_id: record, conversation_id: 999 },
        ...(endpoint.body?.required?.length && { body: { user_ids: [1], inbox_id: 1, snoozed_until: 1 } }),
      });
    // The foreigner's inbox and user have numbers; those are nothing here.
    const foreign = await ask(/agents/.test(endpoint.path) ? fixture.foreigner.id : id);
    const absent = await ask(999);
    expect([foreign.status, foreign.body]).toEqual([absent.status, absent.body]);
    expect(absent.status).toBe(404);
  });

  it('shows an inbox and its members to members and administrators only', async () => {
    const params = { account_id: fixture.account_id, id: fixture.inbox.id, inbox_id: fixture.inbox.id };
    for (const endpoint of [agentApi.agentGetInbox, agentApi.agentListInboxMembers]) {
      expect((await call(server, endpoint, { as: fixture.administrator, params })).status).toBe(200);
      expect((await call(server, endpoint, { as: fixture.member, params })).status).toBe(200);
      const { status, body } = await call(server, endpoint, { as: fixture.outsider, params });
      expect({ status, body }).toEqual({ status: 401, body: refusal });
    }
  });

  it('reads an unknown token, and either spelling of the header', async () => {
    const ask = async (headers: Record<string, string>) =>
      (await call(server, agentApi.getProfile, { headers })).status;
    const unknown = await call(server, agentApi.getProfile, { headers: { api_access_token: 'nobody' } });
    expect(unknown).toMatchObject({ status: 401, body: { error: 'Invalid Access Token' } });
    const token = fixture.member.access_token;
    expect(await ask({ 'api-access-token': token, authorization: 'Bearer something-else' })).toBe(200);
    expect(await ask({ Api_Access_Token: token })).toBe(200);
  });

  it('refuses everybody while the account is suspended', async () => {
    const suspend = (status: 'active' | 'suspended') =>
      server.app.db.run(
        server.app.db.q.updateTable('accounts').set({ status }).where('id', '=', fixture.account_id),
      );
    await suspend('suspended');
    const { status, body } = await knock(agentApi.agentListInboxes, fixture.administrator);
    await suspend('active');
    expect({ status, body }).toEqual({ status: 401, body: { error: 'Account is suspended' } });
  });
});
