import { type Agent, agentApi as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { addInbox } from './inboxes.ts';
import { insertMembers } from './store.ts';

describe.each(engines)('assignable agents on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const ask = async (ids: number[], as: UserRow = fixture.administrator) => {
    const query = ids.map((id) => `inbox_ids[]=${id}`).join('&');
    const answer = await fetch(
      `${server.url}/api/v1/accounts/${fixture.account_id}/assignable_agents?${query}`,
      { headers: { api_access_token: as.access_token } },
    );
    const body = (await answer.json()) as { payload?: Agent[] };
    return answer.ok ? (body.payload ?? []).map(({ name }) => name) : answer.status;
  };

  it('are the members of all given inboxes, and the administrators', async () => {
    const { app } = server;
    const second = await app.db.write(async (tx) => {
      const inbox = await addInbox(app, tx, fixture.account_id, { name: 'Second' });
      await insertMembers(app, tx, {
        inbox_id: inbox.id,
        user_ids: [fixture.member.id, fixture.outsider.id],
      });
      return inbox;
    });
    expect(await ask([fixture.inbox.id])).toEqual(['ana', 'Mo']);
    expect(await ask([second.id])).toEqual(['ana', 'Mo', 'Otto']);
    expect(await ask([fixture.inbox.id, second.id])).toEqual(['ana', 'Mo']);
    const one = await call<{ payload: Agent[] }>(server, api.agentListInboxAssignableAgents, {
      as: fixture.outsider,
      params: { account_id: fixture.account_id, id: second.id },
    });
    expect(one.body.payload.map(({ name }) => name)).toEqual(['ana', 'Mo', 'Otto']);
  });

  it('are listed only for callers who may see all of the inboxes', async () => {
    expect(await ask([fixture.inbox.id], fixture.member)).toEqual(['ana', 'Mo']);
    expect(await ask([fixture.inbox.id], fixture.outsider)).toBe(401);
    expect(await ask([fixture.foreign.inbox.id])).toBe(404);
    expect(await ask([])).toEqual(['ana']);
  });
});
