import { type Agent, agentApi as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Office, openOffice } from '../../test/office.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { addInbox } from './inboxes.ts';
import { insertMembers } from './store.ts';

describe.each(engines)('assignable agents on %s', (engine) => {
  let server: TestServer;
  let office: Office;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    office = await openOffice(server);
  });
  afterAll(() => server.stop());

  const ask = async (ids: number[], as: UserRow = office.administrator) => {
    const query = ids.map((id) => `inbox_ids[]=${id}`).join('&');
    const answer = await fetch(
      `${server.url}/api/v1/accounts/${office.account_id}/assignable_agents?${query}`,
      { headers: { api_access_token: as.access_token } },
    );
    const body = (await answer.json()) as { payload?: Agent[] };
    return answer.ok ? (body.payload ?? []).map(({ name }) => name) : answer.status;
  };

  it('are the members of all given inboxes, and the administrators', async () => {
    const { app } = server;
    const second = await app.db.write(async (tx) => {
      const inbox = await addInbox(app, tx, office.account_id, { name: 'Second' });
      await insertMembers(app, tx, { inbox_id: inbox.id, user_ids: [office.member.id, office.outsider.id] });
      return inbox;
    });
    expect(await ask([office.inbox.id])).toEqual(['ana', 'Mo']);
    expect(await ask([second.id])).toEqual(['ana', 'Mo', 'Otto']);
    expect(await ask([office.inbox.id, second.id])).toEqual(['ana', 'Mo']);
    const one = await call<{ payload: Agent[] }>(server, api.agentListInboxAssignableAgents, {
      as: office.outsider,
      params: { account_id: office.account_id, id: second.id },
    });
    expect(one.body.payload.map(({ name }) => name)).toEqual(['ana', 'Mo', 'Otto']);
  });

  it('are listed only for callers who may see all of the inboxes', async () => {
    expect(await ask([office.inbox.id], office.member)).toEqual(['ana', 'Mo']);
    expect(await ask([office.inbox.id], office.outsider)).toBe(401);
    expect(await ask([office.foreign.inbox.id])).toBe(404);
    expect(await ask([])).toEqual(['ana']);
  });
});
