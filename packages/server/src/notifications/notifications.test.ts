import { agentApi, type Notification } from '@hoory/contract';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { addMember } from '../agents/agents.ts';
import type { UserRow } from '../db/tables.ts';
import { notificationTypes } from './rules.ts';
import { insertOrReplaceNotifications } from './store.ts';

const soon = { timeout: 30_000 };
const absent = { status: 404, body: { error: 'Resource could not be found' } };

interface Listed {
  data: { meta: { unread_count: number; count: number; current_page: number }; payload: Notification[] };
}

describe.each(engines)('notifications on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let clock = Date.now();

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    expect(await kept()).toEqual(await counted());
  });

  const groups = sql`account_id, user_id, inbox_id, team_id, is_read, is_snoozed`;
  /** The counters that the database keeps. */
  const kept = () =>
    server.app.db.all(
      sql`select ${groups}, count from notification_counts where count <> 0 order by ${groups}`,
    );
  /** The same counts from the notifications themselves. */
  const counted = () =>
    server.app.db.all(sql`select ${groups}, count(*) as count from (
        select notifications.account_id, user_id, conversations.inbox_id, coalesce(conversations.team_id, 0) as team_id,
          case when read_at is null then 0 else 1 end as is_read, case when notifications.snoozed_until is null then 0 else 1 end as is_snoozed
        from notifications join conversations on conversations.id = conversation_id) as rows
      group by ${groups} order by ${groups}`);

  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);
  const my = <Body = Record<string, unknown>>(
    name: keyof typeof agentApi,
    { id = 0, body, as = fixture.member }: { id?: number; body?: unknown; as?: UserRow } = {},
  ) => call<Body>(server, agentApi[name], { as, body, params: { account_id: fixture.account_id, id } });
  const list = async (query = '', as = fixture.member) => {
    const path = `/api/v1/accounts/${fixture.account_id}/notifications${query}`;
    const headers = { api_access_token: as.access_token };
    return ((await (await fetch(server.url + path, { headers })).json()) as Listed).data;
  };
  const types = async (as = fixture.member) =>
    (await list('', as)).payload.map(({ notification_type }) => notification_type);
  const assign = (id: number, user: UserRow, as = fixture.administrator) =>
    ask('agentAssignConversation', id, { as, body: { assignee_id: user.id } });
  const clear = async () => {
    for (const as of [fixture.member, fixture.administrator, fixture.outsider])
      await my('agentDestroyAllNotifications', { as, body: { type: 'all' } });
  };
  const heard = async (user: UserRow) =>
    (await readEvents(server.app, `member:${fixture.account_id}:${user.id}`)).filter(({ event }) =>
      event.startsWith('notification'),
    );

  it('are created for an assignment by another user, not for one’s own', async () => {
    await clear();
    const { id } = await createConversation(server, fixture, 'Where is it?');
    await assign(id, fixture.member, fixture.member);
    expect(await types()).toEqual([]);
    await assign(id, fixture.administrator, fixture.member);
    expect(await types(fixture.administrator)).toEqual(['conversation_assignment']);
    const [told] = (await list('', fixture.administrator)).payload;
    expect(told).toMatchObject({
      push_message_body: 'Ann: Where is it?',
      primary_actor: { id, meta: { assignee: { id: fixture.administrator.id } } },
      secondary_actor: { id: fixture.member.id, type: 'user' },
      user: { id: fixture.administrator.id },
      read_at: null,
    });
    const last = (await heard(fixture.administrator)).at(-1);
    expect(last).toMatchObject({
      event: 'notification.created',
      data: { notification: { id: told?.id, account_id: fixture.account_id }, unread_count: 1, count: 1 },
    });
  });

  it('are created for assignee and participants of a new message, once each, never for its author', async () => {
    await clear();
    const { id, postMessage } = await createConversation(server, fixture);
    await assign(id, fixture.member, fixture.member);
    await ask('agentAddParticipants', id, { body: { user_ids: [fixture.administrator.id] } });
    await postMessage('First');
    await postMessage('Second');
    expect(await types()).toEqual(['assigned_conversation_new_message']);
    expect(await types(fixture.administrator)).toEqual(['participating_conversation_new_message']);
    expect((await list()).payload[0]).toMatchObject({
      push_message_body: 'Ann: Second',
      secondary_actor: { content: 'Second' },
    });
    await clear();
    await ask('agentPostMessage', id, { body: { content: 'Hi' } });
    expect(await types()).toEqual([]);
    expect(await types(fixture.administrator)).toEqual(['participating_conversation_new_message']);
  });

  it('are not created for messages of a muted customer, but for those of colleagues', async () => {
    const { id, postMessage } = await createConversation(server, fixture);
    await assign(id, fixture.member);
    await ask('agentMuteConversation', id);
    await clear();
    await postMessage('Hello?');
    expect(await types()).toEqual([]);
    const note = { content: 'Again', private: true };
    await ask('agentPostMessage', id, { as: fixture.administrator, body: note });
    expect(await types()).toEqual(['assigned_conversation_new_message']);
  });

  it('of conversations that the user no longer sees are neither created nor listed', async () => {
    await clear();
    const { id, postMessage } = await createConversation(server, fixture, 'Before');
    await assign(id, fixture.member);
    await ask('agentAddParticipants', id, { body: { user_ids: [fixture.member.id] } });
    const [told] = (await list()).payload;
    const body = { inbox_id: fixture.inbox.id, user_ids: [fixture.member.id] };
    const before = await heard(fixture.member);
    await my('agentRemoveInboxMembers', { as: fixture.administrator, body });
    await postMessage('After');
    const note = { content: 'Between us', private: true };
    await ask('agentPostMessage', id, { as: fixture.administrator, body: note });
    await assign(id, fixture.member);
    expect(await list('?includes[]=read&includes[]=snoozed')).toMatchObject({
      meta: { unread_count: 0, count: 0 },
      payload: [],
    });
    expect((await my<number>('agentCountUnreadNotifications')).body).toBe(0);
    expect(await my('agentReadNotification', { id: told?.id })).toMatchObject(absent);
    expect(await heard(fixture.member)).toEqual(before);
    await my('agentAddInboxMembers', { as: fixture.administrator, body });
    expect((await list()).payload.map((one) => one.id)).toEqual([told?.id]);
  });

  it('are emitted in their account only, also to a user of several accounts', async () => {
    await clear();
    const { app } = server;
    const { email, name } = fixture.outsider;
    const newUser = { email, name, password_hash: null, confirmed: 1 };
    await app.db.write((tx) =>
      addMember(app, tx, { account_id: fixture.foreign.account_id, role: 'agent', newUser }),
    );
    await my('agentUpdateAgent', {
      as: fixture.administrator,
      id: fixture.outsider.id,
      body: { role: 'administrator' },
    });
    const headers = { api_access_token: fixture.outsider.access_token };
    const feedOf = async (account_id: number, after = '') => {
      const path = `/api/v1/accounts/${account_id}/events${after && `?after=${encodeURIComponent(after)}`}`;
      const answer = await fetch(server.url + path, { headers });
      return (await answer.json()) as { cursor: string; events: { event: string }[] };
    };
    const accounts = [fixture.account_id, fixture.foreign.account_id];
    const [own, other] = await Promise.all(accounts.map((id) => feedOf(id)));
    const { id } = await createConversation(server, fixture);
    await assign(id, fixture.outsider);
    const toldIn = async (account_id: number, start = own) =>
      (await feedOf(account_id, start?.cursor)).events.map(({ event }) => event);
    expect(await toldIn(fixture.account_id)).toContain('notification.created');
    expect(await toldIn(fixture.foreign.account_id, other)).toEqual([]);
    await my('agentUpdateAgent', {
      as: fixture.administrator,
      id: fixture.outsider.id,
      body: { role: 'agent' },
    });
  });

  it('are created for users who see a conversation through its team only', async () => {
    await clear();
    const { id, postMessage } = await createConversation(server, fixture);
    const { body: team } = await my<{ id: number }>('agentCreateTeam', {
      as: fixture.administrator,
      body: { name: 'second line', allow_auto_assign: false },
    });
    const given = { as: fixture.administrator, id: team.id, body: { user_ids: [fixture.outsider.id] } };
    await my('agentAddTeamMembers', given);
    await ask('agentAssignConversation', id, { body: { team_id: team.id } });
    await assign(id, fixture.outsider);
    expect(await types(fixture.outsider)).toEqual(['conversation_assignment']);
    const unread = async () =>
      (await my<number>('agentCountUnreadNotifications', { as: fixture.outsider })).body;
    expect(await unread()).toBe(1);
    await ask('agentAssignConversation', id, { body: { team_id: null } });
    expect(await unread()).toBe(0);
    await ask('agentAssignConversation', id, { body: { team_id: team.id } });
    expect(await unread()).toBe(1);
    await my('agentRemoveTeamMembers', given);
    await postMessage('Who is there?');
    expect(await types(fixture.outsider)).toEqual([]);
  });

  it('are created for mentioned users who see the inbox, who become participants', async () => {
    await clear();
    const { id } = await createConversation(server, fixture);
    const named = ({ id: user, name }: UserRow) => `[@${name}](mention://user/${user}/${name})`;
    const { body: team } = await my<{ id: number }>('agentCreateTeam', {
      as: fixture.administrator,
      body: { name: 'night' },
    });
    await my('agentAddTeamMembers', {
      as: fixture.administrator,
      id: team.id,
      body: { user_ids: [fixture.member.id] },
    });
    const content = `Please look [@night](mention://team/${team.id}/night) ${named(fixture.outsider)}`;
    await ask('agentPostMessage', id, { as: fixture.administrator, body: { content } });
    expect(await types()).toEqual([]);
    await ask('agentPostMessage', id, { as: fixture.administrator, body: { content, private: true } });
    expect(await types()).toEqual(['conversation_mention']);
    expect(await types(fixture.outsider)).toEqual([]);
    expect((await list()).payload[0]?.push_message_body).toBe('ana: Please look @night @Otto');
    const people = await ask<{ id: number }[]>('agentListParticipants', id);
    expect(people.body.map((agent) => agent.id)).toEqual([fixture.member.id]);
    const events = (await readEvents(server.app, `member:${fixture.account_id}:${fixture.member.id}`)).slice(
      -2,
    );
    expect(events.map(({ event }) => event).sort()).toEqual([
      'conversation.mentioned',
      'notification.created',
    ]);
    const path = `/api/v1/accounts/${fixture.account_id}/conversations?status=all&conversation_type=`;
    for (const [type, as, found] of [
      ['mention', fixture.member, [id]],
      ['mention', fixture.administrator, []],
    ] as const) {
      const answer = await fetch(server.url + path + type, {
        headers: { api_access_token: as.access_token },
      });
      const { data } = (await answer.json()) as { data: { payload: { id: number }[] } };
      expect(data.payload.map((conversation) => conversation.id)).toEqual(found);
    }
  });

  it('are created for all members of a mentioned team, however many', async () => {
    const { app } = server;
    const people = await app.db.write(async (tx) => {
      const added: UserRow[] = [];
      for (let count = 0; count < 51; count++) {
        const newUser = {
          email: `n${count}@shop.test`,
          name: `N${count}`,
          password_hash: null,
          confirmed: 1,
        };
        added.push(
          await addMember(app, tx, { account_id: fixture.account_id, role: 'administrator', newUser }),
        );
      }
      return added;
    });
    const { body: team } = await my<{ id: number }>('agentCreateTeam', {
      as: fixture.administrator,
      body: { name: 'everybody' },
    });
    const user_ids = people.map(({ id }) => id);
    await my('agentAddTeamMembers', { as: fixture.administrator, id: team.id, body: { user_ids } });
    const { id } = await createConversation(server, fixture);
    const content = `[@everybody](mention://team/${team.id}/everybody)`;
    await ask('agentPostMessage', id, { body: { content, private: true } });
    for (const user of people)
      expect((await heard(user)).map(({ event }) => event)).toEqual(['notification.created']);
  });

  it('are created for a new conversation only for members who chose that type', async () => {
    await clear();
    await createConversation(server, fixture);
    expect(await types()).toEqual([]);
    const { body } = await my('agentGetNotificationSettings');
    expect(body).toMatchObject({
      selected_email_flags: ['email_conversation_assignment'],
      selected_push_flags: ['push_conversation_assignment'],
      user_id: fixture.member.id,
    });
    const selected_push_flags = ['push_conversation_creation', 'push_unheard_of'];
    const set = await my('agentUpdateNotificationSettings', {
      body: { notification_settings: { selected_push_flags } },
    });
    expect(set.body).toMatchObject({
      selected_push_flags: ['push_conversation_creation'],
      selected_email_flags: ['email_conversation_assignment'],
    });
    const { id } = await createConversation(server, fixture);
    expect((await list()).payload).toMatchObject([
      { notification_type: 'conversation_creation', primary_actor: { id } },
    ]);
    await my('agentUpdateNotificationSettings', { body: { selected_push_flags: [] } });
  });

  it('are marked as read one by one, all at once, by conversation, and when it is seen', async () => {
    await clear();
    const started = [await createConversation(server, fixture), await createConversation(server, fixture)];
    for (const { id } of started) await assign(id, fixture.member);
    const count = async () => (await my<number>('agentCountUnreadNotifications')).body;
    expect(await count()).toBe(2);
    const [newest, oldest] = (await list()).payload;
    const { body: row } = await my('agentReadNotification', { id: newest?.id });
    expect(row).toMatchObject({ id: newest?.id, read_at: expect.any(String), user_id: fixture.member.id });
    expect(await list('?includes[]=read')).toMatchObject({ meta: { unread_count: 1, count: 2 } });
    expect((await list()).payload.map(({ id }) => id)).toEqual([oldest?.id]);
    await my('agentUnreadNotification', { id: newest?.id });
    const body = { primary_actor_type: 'Conversation', primary_actor_id: newest?.primary_actor_id };
    await my('agentReadAllNotifications', { body });
    expect(await count()).toBe(1);
    await ask('agentUpdateLastSeen', oldest?.primary_actor.id ?? 0);
    expect(await count()).toBe(0);
    expect((await heard(fixture.member)).at(-1)).toMatchObject({
      event: 'notification.updated',
      data: { unread_count: 0, notification: { id: oldest?.id } },
    });
    await my('agentUnreadNotification', { id: oldest?.id });
    await my('agentReadAllNotifications');
    expect(await count()).toBe(0);
  });

  it('are snoozed and return when the snooze ends', async () => {
    await clear();
    const { id } = await createConversation(server, fixture);
    await assign(id, fixture.member);
    const [one] = (await list()).payload;
    const snoozed_until = Math.floor(clock / 1000) + 600;
    const { body } = await my('agentSnoozeNotification', { id: one?.id, body: { snoozed_until } });
    expect(body).toMatchObject({ snoozed_until: new Date(snoozed_until * 1000).toISOString() });
    expect((await list()).meta).toMatchObject({ unread_count: 0, count: 0 });
    expect((await list('?includes[]=snoozed')).payload.map((shown) => shown.id)).toEqual([one?.id]);
    expect((await my('agentSnoozeNotification', { id: one?.id, body: {} })).status).toBe(422);
    clock += 601_000;
    await vi.waitFor(async () => expect((await list()).meta.unread_count).toBe(1), soon);
    expect((await list()).payload[0]).toMatchObject({ id: one?.id, snoozed_until: null });
  });

  it('are deleted one by one, when read, and with their conversation; other users’ are not found', async () => {
    await clear();
    const [one, other, third] = [
      await createConversation(server, fixture),
      await createConversation(server, fixture),
      await createConversation(server, fixture),
    ];
    for (const { id } of [one, other, third]) await assign(id, fixture.member);
    const [newest, middle, oldest] = (await list()).payload;
    const foreign = { id: newest?.id, as: fixture.administrator };
    for (const name of [
      'agentReadNotification',
      'agentUnreadNotification',
      'agentDeleteNotification',
    ] as const)
      expect(await my(name, foreign)).toMatchObject(absent);
    expect((await my('agentDeleteNotification', { id: newest?.id })).status).toBe(200);
    expect((await heard(fixture.member)).at(-1)).toMatchObject({
      event: 'notification.deleted',
      data: { notification: { id: newest?.id }, unread_count: 2 },
    });
    await my('agentReadNotification', { id: middle?.id });
    await my('agentDestroyAllNotifications', { body: { type: 'read' } });
    expect((await list('?includes[]=read')).payload.map(({ id }) => id)).toEqual([oldest?.id]);
    await ask('agentDeleteConversation', one.id, { as: fixture.administrator });
    expect((await list()).meta.count).toBe(0);
  });

  it('are read and deleted in batches, and the last event has the counts', async () => {
    await clear();
    for (let i = 0; i < 42; i++) {
      const { id } = await createConversation(server, fixture);
      const conversation = await server.app.db.get(
        sql<{
          id: number;
        }>`select id from conversations where display_id = ${id} and account_id = ${fixture.account_id}`,
      );
      await server.app.db.write(async (tx) => {
        await insertOrReplaceNotifications(
          server.app,
          tx,
          notificationTypes.map((notification_type) => ({
            account_id: fixture.account_id,
            user_id: fixture.member.id,
            notification_type,
            conversation_id: conversation?.id as number,
            inbox_id: fixture.inbox.id,
            team_id: 0,
            secondary_actor_type: null,
            secondary_actor_id: null,
          })),
        );
      });
    }
    const count = 42 * notificationTypes.length;
    expect(count).toBeGreaterThan(200);
    const unread = async () => (await my<number>('agentCountUnreadNotifications')).body;
    expect(await unread()).toBe(count);
    const before = (await heard(fixture.member)).length;
    await my('agentReadAllNotifications', { body: {} });
    expect(await unread()).toBe(0);
    const told = (await heard(fixture.member)).slice(before);
    expect(told.length).toBeLessThanOrEqual(50);
    expect(told.at(-1)).toMatchObject({ event: 'notification.updated', data: { unread_count: 0, count: 0 } });
    expect((await list('?includes[]=read')).meta).toMatchObject({ count, unread_count: 0 });
    await my('agentDestroyAllNotifications', { body: { type: 'read' } });
    expect((await list('?includes[]=read')).meta).toMatchObject({ count: 0, unread_count: 0 });
  });

  it('are listed 15 a page, in either order', async () => {
    await clear();
    for (let count = 0; count < 17; count++) {
      const { id } = await createConversation(server, fixture);
      clock += 1000;
      await assign(id, fixture.member);
    }
    const first = await list();
    const second = await list('?page=2');
    expect([first.payload.length, second.payload.length, second.meta.current_page]).toEqual([15, 2, 2]);
    const ascending = await list('?sort_order=asc');
    expect(ascending.payload[0]?.id).toBe(second.payload[1]?.id);
  });
});
