import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const {
  agentListTeams,
  agentCreateTeam,
  agentGetTeam,
  agentUpdateTeam,
  agentDeleteTeam,
  agentListTeamMembers,
  agentAddTeamMembers,
  agentSetTeamMembers,
  agentRemoveTeamMembers,
  agentDeleteAgent,
} = agentApi;

interface Team {
  id: number;
  name: string;
  is_member: boolean;
}

describe.each(engines)('teams on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const create = (body: unknown) =>
    call<Team>(server, agentCreateTeam, { as: fixture.administrator, params: own, body });
  const change = (id: number, body: unknown) =>
    call<Team>(server, agentUpdateTeam, { as: fixture.administrator, params: { ...own, id }, body });
  const list = async (as = fixture.member) =>
    (await call<Team[]>(server, agentListTeams, { as, params: own })).body;
  const ids = ({ body }: { body: { id: number }[] }) => body.map(({ id }) => id);

  it('have a lower-case name that is unique in the account', async () => {
    const { body } = await create({ team: { name: ' Sales ', description: 'They sell' } });
    expect(body).toMatchObject({
      name: 'sales',
      description: 'They sell',
      allow_auto_assign: true,
      is_member: false,
    });
    expect(await create({ name: 'SALES' })).toMatchObject({ status: 422, body: { attributes: ['name'] } });
    expect(await create({ name: ' ' })).toMatchObject({ status: 422, body: { attributes: ['name'] } });
    expect(await create({})).toMatchObject({ status: 422, body: { attributes: ['name'] } });
    expect((await create({ name: 'Backoffice', allow_auto_assign: false })).body).toMatchObject({
      allow_auto_assign: false,
      description: null,
    });
    expect((await list()).map(({ name }) => name)).toEqual(['backoffice', 'sales']);
    expect(await list(fixture.foreigner)).not.toEqual(
      expect.arrayContaining([expect.objectContaining(body)]),
    );
  });

  it('change field by field', async () => {
    const { body } = await create({ name: 'Old', description: 'x' });
    expect((await change(body.id, { name: 'NEW', description: null })).body).toMatchObject({
      name: 'new',
      description: null,
      allow_auto_assign: true,
    });
    expect((await change(body.id, { name: 'new' })).status).toBe(200);
    expect(await change(body.id, { name: 'sales' })).toMatchObject({
      status: 422,
      body: { attributes: ['name'] },
    });
    const shown = await call<Team>(server, agentGetTeam, {
      as: fixture.outsider,
      params: { ...own, id: body.id },
    });
    expect(shown.body).toMatchObject({ name: 'new' });
  });

  it('add, replace and remove members, and show callers which teams are theirs', async () => {
    const { body: team } = await create({ name: 'crew' });
    const { member, outsider, administrator: as } = fixture;
    const input = (user_ids: unknown) => ({ as, params: { ...own, id: team.id }, body: { user_ids } });
    const people = () =>
      call<{ id: number }[]>(server, agentListTeamMembers, {
        as: member,
        params: { ...own, id: team.id },
      });
    const add = (user_ids: unknown) => call<{ id: number }[]>(server, agentAddTeamMembers, input(user_ids));
    expect(ids(await add([String(member.id)]))).toEqual([member.id]);
    expect(ids(await add([member.id, outsider.id]))).toEqual([outsider.id]);
    expect(ids(await people())).toEqual([member.id, outsider.id]);
    expect((await list()).find(({ id }) => id === team.id)?.is_member).toBe(true);
    expect((await list(as)).find(({ id }) => id === team.id)?.is_member).toBe(false);
    const set = await call<{ id: number }[]>(server, agentSetTeamMembers, input([as.id, member.id]));
    expect(ids(set)).toEqual([as.id, member.id]);
    expect((await call(server, agentRemoveTeamMembers, input([as.id]))).status).toBe(200);
    expect(ids(await people())).toEqual([member.id]);
  });

  it('refuse all members when one is not in the account', async () => {
    const { body: team } = await create({ name: 'closed' });
    const params = { ...own, id: team.id };
    const as = fixture.administrator;
    for (const endpoint of [agentAddTeamMembers, agentSetTeamMembers, agentRemoveTeamMembers])
      for (const stranger of [fixture.foreigner.id, 999])
        expect(
          await call(server, endpoint, { as, params, body: { user_ids: [fixture.member.id, stranger] } }),
        ).toMatchObject({ status: 401, body: { error: 'Invalid User IDs' } });
    expect((await call(server, agentAddTeamMembers, { as, params, body: {} })).status).toBe(422);
    expect((await call<[]>(server, agentListTeamMembers, { as, params })).body).toEqual([]);
  });

  it('lose members who leave the account', async () => {
    const { body: team } = await create({ name: 'leavers' });
    const params = { ...own, id: team.id };
    const as = fixture.administrator;
    await call(server, agentAddTeamMembers, { as, params, body: { user_ids: [fixture.outsider.id] } });
    await call(server, agentDeleteAgent, { as, params: { ...own, id: fixture.outsider.id } });
    expect((await call<[]>(server, agentListTeamMembers, { as, params })).body).toEqual([]);
  });

  it('are deleted, which leaves their conversations without team', async () => {
    const { body: team } = await create({ name: 'gone' });
    const base = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
    const { source_id } = (await (await fetch(base, { method: 'POST' })).json()) as { source_id: string };
    await fetch(`${base}/${source_id}/conversations`, { method: 'POST' });
    const { q, get, run } = server.app.db;
    await run(q.updateTable('conversations').set({ team_id: team.id }));
    const params = { ...own, id: team.id };
    expect((await call(server, agentDeleteTeam, { as: fixture.administrator, params })).status).toBe(200);
    expect((await call(server, agentGetTeam, { as: fixture.member, params })).status).toBe(404);
    expect(await get(q.selectFrom('conversations').select('team_id'))).toEqual({ team_id: null });
  });

  it('emit a new cache key at every change', async () => {
    const told: { cache_keys: { team: string } }[] = [];
    const stop = server.app.bus.subscribe((notice) => {
      if ('recorded' in notice)
        for (const { event, payload } of notice.recorded)
          if (event === 'account.cache_invalidated') told.push(JSON.parse(payload).data);
    });
    const { body: team } = await create({ name: 'told' });
    await change(team.id, { description: 'now' });
    await call(server, agentDeleteTeam, { as: fixture.administrator, params: { ...own, id: team.id } });
    stop();
    const keys = told.map(({ cache_keys }) => cache_keys.team);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(3);
    expect(keys.every((key) => /^\d{10}$/.test(key))).toBe(true);
  });
});
