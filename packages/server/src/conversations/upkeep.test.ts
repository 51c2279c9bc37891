import {
  type AgentConversation,
  agentApi,
  type ConversationAttachment,
  type Endpoint,
} from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, createAccount } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { isNamed } from '../events/domain-events.ts';

const soon = { timeout: 30_000 };
const absent = { status: 404, body: { error: 'Resource could not be found' } };
const refused = { status: 401, body: { error: 'You are not authorized to do this action' } };

describe.each(engines)('the upkeep of conversations on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let clock = Date.now();
  /** Domain events of which listeners were notified, as `event: changed columns`. */
  let notified: [event: string, changes: Record<string, unknown>][] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    fixture = await createAccount(server);
    server.app.listeners.add({
      handle: async (_tx, events) => {
        for (const event of events) {
          const changed = isNamed(event, ['conversation_updated', 'conversation_status_changed'])
            ? event.detail.changed_attributes
            : {};
          const { updated_at: _, ...changes } = changed;
          notified.push([event.event, changes]);
        }
      },
    });
  });
  afterAll(() => server.stop());

  const start = async () => {
    const conversation = await createConversation(server, fixture);
    notified = [];
    return conversation;
  };
  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);

  const show = async (id: number) =>
    (await ask<AgentConversation>('agentGetConversation', id, { as: fixture.administrator })).body;

  const activities = async (id: number) => {
    const { body } = await ask<{ payload: { content: string; message_type: number }[] }>(
      'agentListMessages',
      id,
    );
    return body.payload.filter(({ message_type }) => message_type === 2).map(({ content }) => content);
  };

  it('sets, changes and removes the priority, with an activity message and events', async () => {
    const { id } = await start();
    const { body } = await ask('agentUpdateConversation', id, {
      body: { priority: 'high', status: 'resolved' },
    });
    expect(body).toMatchObject({ id, priority: 'high', status: 'open' });
    expect((await ask('agentTogglePriority', id, { body: { priority: 'low' } })).status).toBe(200);
    expect((await show(id)).priority).toBe('low');
    expect(notified.at(-1)).toMatchObject(['conversation_updated', { priority: ['high', 'low'] }]);
    await ask('agentTogglePriority', id, { body: { priority: 'none' } });
    await ask('agentTogglePriority', id, { body: { priority: null } });
    expect((await show(id)).priority).toBeNull();
    expect(await activities(id)).toEqual([
      'Mo set the priority to high',
      'Mo changed the priority from high to low',
      'Mo removed the priority',
    ]);
    const unknown = await ask('agentTogglePriority', id, { body: { priority: 'soon' } });
    expect(unknown).toMatchObject({ status: 422, body: { attributes: ['priority'] } });
  });

  it('replaces custom attributes and refuses values that are too large', async () => {
    const { id } = await start();
    await ask('agentSetConversationAttributes', id, { body: { custom_attributes: { a: 1, b: 'x' } } });
    const { body } = await ask('agentSetConversationAttributes', id, {
      body: { custom_attributes: { c: true } },
    });
    expect(body).toEqual({ custom_attributes: { c: true } });
    expect((await show(id)).custom_attributes).toEqual({ c: true });
    expect(notified.at(-1)).toMatchObject([
      'conversation_updated',
      { custom_attributes: [{ a: 1, b: 'x' }, { c: true }] },
    ]);
    const huge = await ask('agentSetConversationAttributes', id, {
      body: { custom_attributes: { n: 99_999_999_999 } },
    });
    expect(huge).toMatchObject({ status: 422, body: { attributes: ['custom_attributes'] } });
  });

  it('marks the newest incoming message unread', async () => {
    const { id, postMessage } = await start();
    clock += 5000;
    await postMessage('Are you there?');
    expect((await ask('agentUpdateLastSeen', id)).body).toMatchObject({ unread_count: 0 });
    const { body } = await ask('agentMarkUnread', id);
    const mark = Math.floor(clock / 1000) - 1;
    expect(body).toMatchObject({ unread_count: 1, agent_last_seen_at: mark, assignee_last_seen_at: mark });
  });

  it('mutes by resolving and blocking, and unmutes by unblocking only', async () => {
    const { id, postMessage } = await start();
    expect((await ask('agentMuteConversation', id)).status).toBe(200);
    expect(await show(id)).toMatchObject({ muted: true, status: 'resolved' });
    expect(notified.map(([event]) => event)).toEqual([
      'conversation_status_changed',
      'conversation_updated',
      'contact_updated',
      'conversation_muted',
    ]);
    await postMessage('Let me in');
    expect((await show(id)).status).toBe('resolved');
    expect((await ask('agentUnmuteConversation', id)).status).toBe(200);
    expect(await show(id)).toMatchObject({ muted: false, status: 'resolved' });
    expect(await activities(id)).toEqual([
      'Conversation was marked resolved by Mo',
      'Mo has muted the conversation',
      'Mo has unmuted the conversation',
    ]);
    await postMessage('Thanks');
    expect((await show(id)).status).toBe('open');
  });

  it('emits events when a customer reopens a conversation', async () => {
    const { id, postMessage } = await start();
    await ask('agentToggleStatus', id, { body: { status: 'resolved' } });
    notified = [];
    await postMessage('One more thing');
    expect(notified).toContainEqual(['conversation_status_changed', { status: ['resolved', 'open'] }]);
    const events = notified.map(([event]) => event);
    expect(events.indexOf('conversation_status_changed')).toBeLessThan(events.indexOf('message_created'));
  });

  it('wakes a snoozed conversation when its time has come, not before', async () => {
    const { id } = await start();
    const other = await start();
    const until = Math.floor(clock / 1000) + 3600;
    for (const [one, snoozed_until] of [
      [id, until],
      [other.id, until + 3600],
    ] as const)
      await ask('agentToggleStatus', one, { body: { status: 'snoozed', snoozed_until } });
    notified = [];
    clock += 3_600_000;
    await vi.waitFor(async () => expect((await show(id)).status).toBe('open'), soon);
    expect(await show(id)).toMatchObject({ snoozed_until: null });
    expect(await show(other.id)).toMatchObject({ status: 'snoozed' });
    expect(notified[0]).toMatchObject(['conversation_status_changed', { status: ['snoozed', 'open'] }]);
    expect(await activities(id)).toContain('Conversation was reopened because its snooze has ended');
  });

  it('assigns a conversation that an agent opens to that agent, also when another has it, and never to an administrator', async () => {
    const { id } = await start();
    await ask('agentToggleStatus', id, { as: fixture.administrator });
    await ask('agentToggleStatus', id, { as: fixture.administrator });
    expect((await show(id)).meta.assignee).toBeUndefined();
    await ask('agentAssignConversation', id, { body: { assignee_id: fixture.administrator.id } });
    await ask('agentToggleStatus', id, { body: { status: 'pending' } });
    await ask('agentToggleStatus', id, { body: { status: 'open' } });
    expect((await show(id)).meta.assignee?.id).toBe(fixture.member.id);
  });

  it('adds, replaces and removes participants, who must see the inbox', async () => {
    const { id } = await start();
    const { member, administrator, outsider } = fixture;
    const ids = (body: { id: number }[]) => body.map((agent) => agent.id).sort();
    const list = async () => ids((await ask<{ id: number }[]>('agentListParticipants', id)).body);
    await ask('agentAssignConversation', id, { body: { assignee_id: member.id } });
    expect(await list()).toEqual([member.id]);
    const added = await ask<{ id: number }[]>('agentAddParticipants', id, {
      body: { user_ids: [member.id, administrator.id] },
    });
    expect(ids(added.body)).toEqual([administrator.id]);
    const blind = await ask('agentAddParticipants', id, { body: { user_ids: [outsider.id] } });
    expect(blind).toMatchObject({ status: 422, body: { attributes: ['user'] } });
    const foreign = await ask('agentAddParticipants', id, { body: { user_ids: [fixture.foreigner.id] } });
    expect(foreign.status).toBe(422);
    const all = await ask<{ id: number }[]>('agentSetParticipants', id, {
      body: { user_ids: [administrator.id] },
    });
    expect(ids(all.body)).toEqual([administrator.id]);
    expect(
      (await ask('agentRemoveParticipants', id, { body: { user_ids: [administrator.id] } })).status,
    ).toBe(200);
    expect(await list()).toEqual([]);
  });

  it('keeps a draft for each agent alone', async () => {
    const { id } = await start();
    const draft = async (as = fixture.member) => (await ask('agentGetDraft', id, { as })).body;
    expect(await draft()).toEqual({ has_draft: false });
    await ask('agentSetDraft', id, { body: { draft_message: { message: 'Dear' } } });
    await ask('agentSetDraft', id, { body: { message: 'Dear Ann' } });
    expect(await draft()).toEqual({ has_draft: true, message: 'Dear Ann' });
    expect(await draft(fixture.administrator)).toEqual({ has_draft: false });
    expect((await ask('agentDeleteDraft', id)).status).toBe(200);
    expect(await draft()).toEqual({ has_draft: false });
  });

  it('lists files with their senders, newest first', async () => {
    const { id } = await start();
    const path = `/api/v1/accounts/${fixture.account_id}/conversations/${id}/messages`;
    for (const name of ['one.txt', 'two.txt']) {
      const form = new FormData();
      form.append('attachments[]', new Blob([name], { type: 'text/plain' }), name);
      const headers = { api_access_token: fixture.member.access_token };
      expect((await fetch(server.url + path, { method: 'POST', headers, body: form })).status).toBe(200);
    }
    const { body } = await ask<{ meta: object; payload: ConversationAttachment[] }>(
      'agentListConversationAttachments',
      id,
    );
    expect(body.meta).toEqual({ total_count: 2, next_cursor: null });
    expect(body.payload.map(({ data_url }) => data_url.split('/').at(-1))).toEqual(['two.txt', 'one.txt']);
    expect(body.payload[0]).toMatchObject({
      file_type: 'file',
      sender: { id: fixture.member.id, type: 'user' },
    });
  });

  it('sends a failed message again', async () => {
    const { id } = await start();
    const { body: sent } = await ask<{ id: number }>('agentPostMessage', id, { body: { content: 'Hi' } });
    const message_id = sent.id;
    const failed = { status: 'failed', external_error: '500 Internal Server Error' };
    await ask('agentUpdateMessage', id, { message_id, body: failed });
    notified = [];
    const { body } = await ask('agentRetryMessage', id, { message_id });
    expect(body).toMatchObject({ id: message_id, status: 'sent', content_attributes: {} });
    expect(notified).toEqual([
      ['message_retried', {}],
      ['message_updated', {}],
    ]);
    expect(await ask('agentRetryMessage', id, { message_id: 999_999 })).toMatchObject(absent);
  });

  it('deletes a conversation with everything in it, for administrators only', async () => {
    const { id } = await start();
    expect(await ask('agentDeleteConversation', id)).toMatchObject(refused);
    const { db } = server.app;
    const row = await db.get(db.q.selectFrom('conversations').select('id').where('display_id', '=', id));
    expect((await ask('agentDeleteConversation', id, { as: fixture.administrator })).status).toBe(200);
    expect(await ask('agentGetConversation', id)).toMatchObject(absent);
    const left = await db.all(
      db.q
        .selectFrom('messages')
        .select('id')
        .where('conversation_id', '=', row?.id ?? 0),
    );
    expect(left).toEqual([]);
    expect(notified.map(([event]) => event)).toEqual(['conversation_deleting']);
    expect((await readEvents(server.app, `inbox:${fixture.inbox.id}`)).at(-1)).toMatchObject({
      event: 'conversation.deleted',
      data: { id },
    });
  });

  it('refuses agents who do not see the inbox, and strangers, on every route', async () => {
    const { id } = await start();
    const of = /\/conversations\/\{conversation_id\}(\/(?!messages)\w+)?$/;
    const routes = Object.entries<Endpoint>(agentApi)
      .filter(([, { path, auth }]) => of.test(path) && auth === 'agent')
      .map(([name]) => name as keyof typeof agentApi);
    expect(routes.length).toBeGreaterThan(12);
    for (const name of routes) {
      const body = name === 'agentSendTranscript' ? { email: 'ann@mail.test' } : undefined;
      expect(await ask(name, id, { as: fixture.outsider, body })).toMatchObject(refused);
      expect(await ask(name, 999_999, { body })).toMatchObject(absent);
    }
  });
});
