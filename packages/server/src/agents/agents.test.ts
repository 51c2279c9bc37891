import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { followAccessChanges } from '../events/access.ts';

const { agentListAgents, agentCreateAgent, agentUpdateAgent, agentDeleteAgent, getProfile } = agentApi;

interface Agent {
  id: number;
  name: string;
  role: string;
}

describe.each(engines)('agents on %s', (engine) => {
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
    call<Agent>(server, agentCreateAgent, { as: fixture.administrator, params: own, body });
  const change = (id: number, body: unknown) =>
    call<Agent>(server, agentUpdateAgent, { as: fixture.administrator, params: { ...own, id }, body });
  const remove = (id: number) =>
    call(server, agentDeleteAgent, { as: fixture.administrator, params: { ...own, id } });
  const list = () => call<Agent[]>(server, agentListAgents, { as: fixture.member, params: own });

  it('are listed by name without regard to case', async () => {
    await create({ email: 'zoe@shop.test', name: 'anton' });
    const { body } = await list();
    expect(body.map(({ name }) => name)).toEqual(['ana', 'anton', 'Mo', 'Otto']);
  });

  it('are added unconfirmed, flat or under their root key', async () => {
    const flat = await create({ email: 'New.One@Shop.test', role: 'agent', availability: 'available' });
    expect(flat.body).toMatchObject({
      name: 'new.one',
      email: 'new.one@shop.test',
      role: 'agent',
      confirmed: false,
      availability_status: 'offline',
      auto_offline: true,
      account_id: fixture.account_id,
    });
    const rooted = await create({
      agent: {
        email: 'two@shop.test',
        name: 'Two',
        role: 'administrator',
        auto_offline: false,
        availability: 'busy',
      },
    });
    expect(rooted.body).toMatchObject({ name: 'Two', role: 'administrator', availability_status: 'busy' });
  });

  it('need a valid e-mail that is not in the account yet, and known words', async () => {
    const attributes = async (body: unknown) => {
      const answer = await create(body);
      expect(answer.status).toBe(422);
      return (answer.body as unknown as { attributes: string[] }).attributes;
    };
    expect(await attributes({})).toEqual(['email']);
    expect(await attributes({ email: 'nobody' })).toEqual(['email']);
    expect(await attributes({ email: 'MO@shop.test' })).toEqual(['user_id']);
    expect(await attributes({ email: 'x@shop.test', role: 'king' })).toEqual(['role']);
    expect(await attributes({ email: 'x@shop.test', availability: 'asleep' })).toEqual(['availability']);
  });

  it('that belong to another account become members, and are not changed', async () => {
    const before = await call<{ accounts: unknown[] }>(server, getProfile, { as: fixture.foreigner });
    const { body } = await create({ email: 'eve@rival.test', name: 'Evil', role: 'agent' });
    expect(body).toMatchObject({ id: fixture.foreigner.id, name: fixture.foreigner.name, role: 'agent' });
    expect(JSON.stringify(body)).not.toContain(fixture.foreigner.access_token);
    expect((await change(fixture.foreigner.id, { name: 'Evil' })).status).toBe(422);
    const after = await call<{ accounts: unknown[] }>(server, getProfile, { as: fixture.foreigner });
    expect({ ...after.body, accounts: after.body.accounts.slice(0, 1) }).toEqual({
      ...before.body,
      accounts: before.body.accounts.slice(0, 1),
    });
    expect((await remove(fixture.foreigner.id)).status).toBe(200);
    expect((await call(server, getProfile, { as: fixture.foreigner })).body).toEqual(before.body);
  });

  it('are added by e-mails alone, and invalid ones are skipped', async () => {
    const emails = [
      'Bulk.One@shop.test',
      'nobody',
      'mo@shop.test',
      'bulk.one@shop.test',
      '',
      'bulk2@shop.test',
    ];
    const answer = await call(server, agentApi.agentCreateAgents, {
      as: fixture.administrator,
      params: own,
      body: { emails },
    });
    expect(answer.status).toBe(200);
    const added = (await list()).body.filter(({ name }) => name.startsWith('bulk'));
    expect(added).toMatchObject([
      { name: 'bulk.one', role: 'agent', confirmed: false },
      { name: 'bulk2', role: 'agent', confirmed: false },
    ]);
  });

  it('change name, role and availability, and a new role updates their sockets', async () => {
    const { body: agent } = await create({ email: 'cy@shop.test', name: 'Cy' });
    const told: unknown[] = [];
    const access = followAccessChanges(server.app, (change) => told.push(change));
    await access.readNew();
    const { body } = await change(agent.id, { name: 'Cyd', role: 'administrator', auto_offline: false });
    await access.readNew();
    access.stop();
    expect(body).toMatchObject({ name: 'Cyd', role: 'administrator', availability_status: 'online' });
    expect(told).toEqual([{ account_id: fixture.account_id, user_id: agent.id }]);
  });

  it('are removed with their memberships, and deleted after their last account', async () => {
    expect((await remove(fixture.member.id)).status).toBe(200);
    const { q, all } = server.app.db;
    const members = await all(
      q.selectFrom('inbox_members').select('inbox_id').where('user_id', '=', fixture.member.id),
    );
    expect(members).toEqual([]);
    expect((await call(server, getProfile, { as: fixture.member })).status).toBe(401);
    expect((await remove(fixture.member.id)).status).toBe(404);
  });

  it('cannot remove the last administrator', async () => {
    const { body } = await call<Agent[]>(server, agentListAgents, { as: fixture.administrator, params: own });
    for (const { id, role } of body)
      if (role === 'administrator' && id !== fixture.administrator.id) await remove(id);
    expect((await change(fixture.administrator.id, { role: 'agent' })).status).toBe(422);
    expect((await remove(fixture.administrator.id)).status).toBe(422);
    expect((await change(fixture.administrator.id, { role: 'administrator' })).status).toBe(200);
  });
});
