import { type AgentConversation, agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, call, createAccount, password } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { setUpAgent } from '../setup.ts';

const soon = { timeout: 30_000 };
const absent = { status: 404, body: { error: 'Resource could not be found' } };

describe.each(engines)('assignments on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let second: UserRow;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    second = await setUpAgent(server.app, {
      account: fixture.account_id,
      email: 'su@shop.test',
      name: 'Su',
      password,
      role: 'agent',
      inboxes: [fixture.inbox.id],
    });
    await autoAssign(false);
  });
  afterAll(() => server.stop());

  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);
  const assign = (id: number, body: unknown) => ask('agentAssignConversation', id, { body });
  const show = async (id: number) =>
    (await ask<AgentConversation>('agentGetConversation', id, { as: fixture.administrator })).body;
  const assigneeOf = async (id: number) => (await show(id)).meta.assignee?.id ?? null;
  const manage = <Body = { id: number }>(name: keyof typeof agentApi, body: unknown, params = {}) =>
    call<Body>(server, agentApi[name], {
      as: fixture.administrator,
      body,
      params: { account_id: fixture.account_id, ...params },
    });
  const team = async (name: string, user_ids: number[], allow_auto_assign = false) => {
    const { body } = await manage('agentCreateTeam', { name, allow_auto_assign });
    await manage('agentAddTeamMembers', { user_ids }, { id: body.id });
    return body.id;
  };
  const online = async (...users: UserRow[]) => {
    for (const { id } of users) server.app.presence.enter(fixture.account_id, 'user', id);
  };
  const autoAssign = (on: boolean) =>
    manage('agentUpdateInbox', { enable_auto_assignment: on }, { id: fixture.inbox.id });
  const activities = async (id: number) => {
    const { body } = await ask<{ payload: { content: string; message_type: number }[] }>(
      'agentListMessages',
      id,
    );
    return body.payload.filter(({ message_type }) => message_type === 2).map(({ content }) => content);
  };

  it('go to a bot in the place of an agent, and the reverse', async () => {
    const { body: bot } = await manage('agentCreateBot', { name: 'Helper' });
    const { id } = await createConversation(server, fixture);
    await assign(id, { assignee_id: fixture.member.id });
    const given = await assign(id, { assignee_id: bot.id, assignee_type: 'AgentBot' });
    expect(given.body).toMatchObject({ id: bot.id, name: 'Helper', bot_type: 'webhook' });
    expect((await show(id)).meta).toMatchObject({ assignee_type: 'AgentBot', assignee: { id: bot.id } });
    await assign(id, { assignee_id: second.id });
    expect((await show(id)).meta).toMatchObject({ assignee_type: 'User', assignee: { id: second.id } });
    expect((await assign(id, { assignee_id: 0 })).body).toBeNull();
    expect((await show(id)).meta.assignee).toBeUndefined();
    expect(await assign(id, { assignee_id: 9999, assignee_type: 'AgentBot' })).toMatchObject(absent);
    expect(await assign(id, { assignee_id: fixture.foreigner.id })).toMatchObject(absent);
  });

  it('go to a team, with events for everybody, and its members then see the conversation', async () => {
    const { id } = await createConversation(server, fixture);
    const crew = await team('crew', [fixture.outsider.id, second.id]);
    expect((await ask('agentGetConversation', id, { as: fixture.outsider })).status).toBe(401);
    await assign(id, { assignee_id: fixture.member.id });
    const given = await assign(id, { team_id: crew });
    expect(given.body).toMatchObject({ id: crew, name: 'crew', created_at: expect.any(String) });
    const seen = await ask<AgentConversation>('agentGetConversation', id, { as: fixture.outsider });
    expect(seen.body.meta).toMatchObject({ team: { id: crew, is_member: true } });
    // An assignee who is not in the team is unassigned; the team itself chooses nobody.
    expect(seen.body.meta.assignee).toBeUndefined();
    const told = (await readEvents(server.app, `inbox:${fixture.inbox.id}`))
      .slice(-4)
      .map(({ event }) => event);
    expect(told).toEqual(['team.changed', 'assignee.changed', 'conversation.updated', 'message.created']);
    expect((await show(id)).meta.team).toMatchObject({ name: 'crew', is_member: false });
    expect(await assign(id, { team_id: 9999 })).toMatchObject(absent);
    expect((await assign(id, { team_id: 0 })).body).toBeNull();
    expect((await show(id)).meta.team).toBeUndefined();
    expect(await activities(id)).toEqual([
      'Mo self-assigned this conversation',
      'Assigned to crew by Mo',
      'Unassigned from crew by Mo',
    ]);
  });

  it('of a team that assigns go to one of its members who is online', async () => {
    await online(second);
    const { id } = await createConversation(server, fixture);
    const sales = await team('sales', [fixture.outsider.id, second.id], true);
    await assign(id, { team_id: sales });
    expect(await assigneeOf(id)).toBe(second.id);
    expect(await activities(id)).toEqual(['Assigned to Su via sales by Mo']);
    const kept = await createConversation(server, fixture);
    await assign(kept.id, { assignee_id: fixture.outsider.id });
    await assign(kept.id, { team_id: sales });
    expect(await assigneeOf(kept.id)).toBe(fixture.outsider.id);
  });

  it('with both ids leave the team alone', async () => {
    const { id } = await createConversation(server, fixture);
    const both = await team('both', [second.id]);
    await assign(id, { assignee_id: second.id, team_id: both });
    expect((await show(id)).meta.team).toBeUndefined();
    expect(await assigneeOf(id)).toBe(second.id);
  });

  it('happen by round robin among online agents when a conversation becomes open', async () => {
    await autoAssign(true);
    await online(fixture.member, second);
    const started = [];
    for (let count = 0; count < 4; count++) started.push(await createConversation(server, fixture));
    const taken: (number | null)[] = [];
    for (const { id } of started)
      taken.push(
        await vi.waitFor(async () => {
          const assignee = await assigneeOf(id);
          expect(assignee).not.toBeNull();
          return assignee;
        }, soon),
      );
    expect(new Set(taken.slice(0, 2))).toEqual(new Set([fixture.member.id, second.id]));
    expect(taken.slice(2)).toEqual(taken.slice(0, 2));
    const people = await ask<{ id: number }[]>('agentListParticipants', started[0]?.id ?? 0);
    expect(people.body.map(({ id }) => id)).toEqual([taken[0]]);
    await autoAssign(false);
  });

  it('end when somebody leaves the inbox or the account', async () => {
    const [one, other] = [
      await createConversation(server, fixture),
      await createConversation(server, fixture),
    ];
    await assign(one.id, { assignee_id: second.id });
    await assign(other.id, { assignee_id: second.id });
    await ask('agentToggleStatus', other.id, { as: fixture.administrator, body: { status: 'resolved' } });
    const inbox_id = fixture.inbox.id;
    await manage('agentRemoveInboxMembers', { inbox_id, user_ids: [second.id] });
    expect([await assigneeOf(one.id), await assigneeOf(other.id)]).toEqual([null, null]);
    await assign(one.id, { assignee_id: second.id });
    await manage('agentDeleteAgent', {}, { id: second.id });
    expect(await assigneeOf(one.id)).toBeNull();
    expect((await activities(one.id)).at(-1)).toBe('Conversation unassigned by System');
  });
});
