import { type AgentConversation, agentApi, type ConversationListMeta } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { addUpConversationCounts } from '../conversations/record/store-counts.ts';
import type { UserRow } from '../db/tables.ts';
import { setUpAgent } from '../setup.ts';

interface Listed {
  data: { meta: ConversationListMeta; payload: AgentConversation[] };
}

/** Enough for three pages. */
const many = 55;

describe.each(engines)('lists of conversations on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let team_id: number;
  let clock = Date.UTC(2026, 1, 1);

  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);
  const manage = <Body = { id: number }>(name: keyof typeof agentApi, body: unknown, params = {}) =>
    call<Body>(server, agentApi[name], {
      as: fixture.administrator,
      body,
      params: { account_id: fixture.account_id, ...params },
    });
  const list = async (query: Record<string, string> = {}, as: UserRow = fixture.member) => {
    const path = `/api/v1/accounts/${fixture.account_id}/conversations?${new URLSearchParams(query)}`;
    const answer = await fetch(server.url + path, { headers: { api_access_token: as.access_token } });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as Listed).data;
  };
  const ids = (payload: readonly { id: number }[]) => payload.map(({ id }) => id);

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    fixture = await createAccount(server);
    const { body: team } = await manage('agentCreateTeam', { name: 'crew', allow_auto_assign: false });
    team_id = team.id;
    for (let number = 1; number <= many; number++) {
      clock += 60_000;
      const { id } = await createConversation(server, fixture, `Order ${number}`);
      if (number % 3 === 0)
        await ask('agentAssignConversation', id, { body: { assignee_id: fixture.member.id } });
      if (number % 5 === 0) await ask('agentAssignConversation', id, { body: { team_id } });
      if (number % 7 === 0) await ask('agentToggleStatus', id, { body: { status: 'resolved' } });
      if (number % 4 === 0) await ask('agentTogglePriority', id, { body: { priority: 'urgent' } });
      if (number % 11 === 0) await ask('agentPostMessage', id, { body: { content: 'Answered' } });
    }
  });
  afterAll(() => server.stop());

  /** The expected content of the lists: every conversation, read by itself, before a test changes one. */
  let all: AgentConversation[];
  beforeAll(async () => {
    all = await Promise.all(
      Array.from({ length: many }, async (_, at) => {
        return (await ask<AgentConversation>('agentGetConversation', at + 1)).body;
      }),
    );
  });

  it('have counts that equal the number of their rows for all assignee filters', async () => {
    for (const [query, holds] of [
      [{}, ({ status }: AgentConversation) => status === 'open'],
      [{ status: 'all' }, () => true],
      [{ status: 'resolved' }, ({ status }: AgentConversation) => status === 'resolved'],
      [
        { status: 'all', team_id: String(team_id) },
        ({ meta }: AgentConversation) => meta.team?.id === team_id,
      ],
    ] as const) {
      const expected = all.filter(holds);
      const mine = expected.filter(({ meta }) => meta.assignee?.id === fixture.member.id).length;
      const assigned = expected.filter(({ meta }) => meta.assignee).length;
      const { meta } = await list(query);
      expect(meta).toMatchObject({
        all_count: expected.length,
        mine_count: mine,
        assigned_count: assigned,
        unassigned_count: expected.length - assigned,
      });
    }
    const before = (await list()).meta;
    await addUpConversationCounts(server.app.db);
    expect((await list()).meta).toEqual(before);
    expect((await list({}, fixture.outsider)).meta).toMatchObject({ all_count: 0, next_cursor: null });
  });

  it('are filtered by status as by the list, and empty for a status that does not exist', async () => {
    const filter = async (...values: string[]) => {
      const { body } = await manage<{ meta: { all_count: number }; payload: AgentConversation[] }>(
        'agentFilterConversations',
        { payload: [{ attribute_key: 'status', filter_operator: 'equal_to', values, query_operator: null }] },
      );
      return body;
    };
    const { meta, payload } = await list({ status: 'resolved' });
    const filtered = await filter('resolved');
    expect([filtered.meta.all_count, ids(filtered.payload)]).toEqual([meta.all_count, ids(payload)]);
    expect(await filter('gone')).toMatchObject({ meta: { all_count: 0 }, payload: [] });
  });

  it('have the same rows by page number and by cursor', async () => {
    const expected = all
      .filter(({ status }) => status === 'open')
      .sort((a, b) => b.last_activity_at - a.last_activity_at);
    const pages = [await list({ page: '1' }), await list({ page: '2' }), await list({ page: '3' })];
    expect(pages.flatMap(({ payload }) => ids(payload))).toEqual(ids(expected));
    const found: number[] = [];
    let cursor: string | null | undefined;
    do {
      const { meta, payload } = await list(cursor ? { cursor } : {});
      found.push(...ids(payload));
      cursor = meta.next_cursor;
    } while (cursor);
    expect(found).toEqual(ids(expected));
    const path = `/api/v1/accounts/${fixture.account_id}/conversations?cursor=nonsense`;
    const bad = await fetch(server.url + path, {
      headers: { api_access_token: fixture.member.access_token },
    });
    expect(bad.status).toBe(422);
  });

  it.each([
    ['me', ({ meta }: AgentConversation) => meta.assignee !== undefined],
    ['unassigned', ({ meta }: AgentConversation) => meta.assignee === undefined],
    ['assigned', ({ meta }: AgentConversation) => meta.assignee !== undefined],
    ['all', () => true],
  ] as const)('hold the conversations of the assignee filter %s', async (assignee_type, holds) => {
    const expected = all.filter((one) => one.status === 'open' && holds(one));
    const { payload } = await list({ assignee_type, sort_by: 'created_at_asc' });
    expect(ids(payload)).toEqual(ids(expected).slice(0, 25));
  });

  const urgency = (one: AgentConversation) => (one.priority === 'urgent' ? 1 : 0);
  const waits = (one: AgentConversation) => one.waiting_since || Number.POSITIVE_INFINITY;
  const latest = (a: AgentConversation, b: AgentConversation) => b.last_activity_at - a.last_activity_at;

  it.each([
    ['last_activity_at_asc', (a: AgentConversation, b: AgentConversation) => latest(b, a)],
    ['created_at_asc', (a: AgentConversation, b: AgentConversation) => a.id - b.id],
    ['created_at_desc', (a: AgentConversation, b: AgentConversation) => b.id - a.id],
    [
      'priority_desc',
      (a: AgentConversation, b: AgentConversation) => urgency(b) - urgency(a) || latest(a, b),
    ],
    ['priority_asc', (a: AgentConversation, b: AgentConversation) => urgency(a) - urgency(b) || latest(a, b)],
    [
      'priority_desc_created_at_asc',
      (a: AgentConversation, b: AgentConversation) => urgency(b) - urgency(a) || a.id - b.id,
    ],
    [
      'waiting_since_asc',
      (a: AgentConversation, b: AgentConversation) => order(waits(a), waits(b)) || latest(a, b),
    ],
    [
      'sort_on_waiting_since',
      (a: AgentConversation, b: AgentConversation) => order(waits(a), waits(b)) || latest(a, b),
    ],
    [
      'unread',
      (a: AgentConversation, b: AgentConversation) =>
        Number(b.unread_count > 0) - Number(a.unread_count > 0) || latest(a, b),
    ],
  ])('are ordered by %s, also over all statuses', async (sort_by, compare) => {
    const expected = ids([...all].sort(compare));
    const found: number[] = [];
    for (const page of ['1', '2', '3'])
      found.push(...ids((await list({ status: 'all', sort_by, page })).payload));
    expect(found).toEqual(expected);
  });

  it('are limited by labels, session, inbox and time of change', async () => {
    clock += 60_000;
    await ask('agentSetConversationLabels', 2, { body: { labels: ['vip'] } });
    expect(ids((await list({ 'labels[]': 'vip' })).payload)).toEqual([2]);
    expect((await list({ 'labels[]': 'vip' })).meta.all_count).toBe(1);
    const { source_id, id } = await createConversation(server, fixture);
    expect(ids((await list({ source_id })).payload)).toEqual([id]);
    const inbox_id = String(fixture.foreign.inbox.id);
    expect((await list({ inbox_id }, fixture.administrator)).payload).toEqual([]);
    expect((await list({ updated_within: '30' })).payload.length).toBe(2);
    await manage('agentDeleteConversation', undefined, { conversation_id: id });
  });

  it('change status, assignee, team and labels of many at once, and skip those the caller may not see', async () => {
    const bulk = (body: unknown, as = fixture.member) =>
      call(server, agentApi.agentBulkAction, { as, body, params: { account_id: fixture.account_id } });
    const body = {
      type: 'Conversation',
      ids: [1, 2, 999_999],
      fields: { status: 'pending', assignee_id: fixture.member.id, team_id },
      labels: { add: ['late'], remove: ['vip'] },
    };
    const unseen = await bulk(body, fixture.outsider);
    expect(unseen.headers.get('x-hoory-passed-over')).toBe('1,2,999999');
    expect((await list({ status: 'pending' })).payload).toEqual([]);
    expect((await bulk(body)).headers.get('x-hoory-passed-over')).toBe('999999');
    const { payload } = await list({ status: 'pending', sort_by: 'created_at_asc' });
    expect(payload).toMatchObject([
      { id: 1, labels: ['late'], meta: { team: { id: team_id } } },
      { id: 2, labels: ['late'] },
    ]);
    // An assignee who is not in the team loses the conversation.
    expect(payload[0]?.meta.assignee).toBeUndefined();
    const outsider = { user_ids: [fixture.outsider.id] };
    await manage('agentAddTeamMembers', outsider, { id: team_id });
    for (const labels of [{ add: ['seen'] }, { remove: ['seen'] }]) {
      const seen = await bulk({ type: 'Conversation', ids: [1], labels }, fixture.outsider);
      expect(seen.headers.get('x-hoory-passed-over')).toBeNull();
    }
    await manage('agentRemoveTeamMembers', outsider, { id: team_id });
    const ids = Array.from({ length: 102 }, (_, index) => 900_000 + index);
    expect((await bulk({ ...body, ids })).headers.get('x-hoory-passed-over')).toMatch(/,900099,\+2$/);
    expect(await bulk({ type: 'Report', ids: [1] })).toMatchObject({
      status: 422,
      body: { attributes: ['type'] },
    });
    const away = await bulk({ ...body, fields: { assignee_id: fixture.foreigner.id } });
    expect(away.status).toBe(404);
    const { body: contact } = await manage<{ payload: { contact: { id: number } } }>('agentCreateContact', {
      name: 'Cy',
      email: 'cy@mail.test',
    });
    const { id } = contact.payload.contact;
    expect((await bulk({ type: 'Contact', ids: [id, 999_999], labels: { add: ['new'] } })).status).toBe(200);
    const labels = await manage<{ payload: string[] }>('agentListContactLabels', undefined, { id });
    expect(labels.body.payload).toEqual(['new']);
  });

  it('show only the conversations in the inboxes of their member', async () => {
    const open = async (name: string) =>
      (await manage('agentCreateInbox', { name, channel: { type: 'api' } })).body;
    const other = await open('Other');
    const third = await setUpAgent(server.app, {
      account: fixture.account_id,
      email: 'tim@shop.test',
      name: 'Tim',
      password: 'Secret-123',
      role: 'agent',
      inboxes: [fixture.inbox.id, other.id],
    });
    const everything = await list({ status: 'all', sort_by: 'created_at_asc' }, fixture.administrator);
    const { payload, meta } = await list({ status: 'all', sort_by: 'created_at_asc' }, third);
    expect(ids(payload)).toEqual(ids(everything.payload));
    expect(meta.all_count).toBe(everything.meta.all_count);
    const inbox_id = String(other.id);
    expect((await list({ inbox_id }, third)).meta.all_count).toBe(0);
    const { body: contact } = await manage<{ payload: { contact: { id: number } } }>('agentCreateContact', {
      name: 'Bo',
    });
    clock += 60_000;
    const contact_id = contact.payload.contact.id;
    const { body: elsewhere } = await manage('agentCreateConversation', { inbox_id: other.id, contact_id });
    clock += 60_000;
    const { id } = await createConversation(server, fixture, 'After that');
    const newest = async () => ids((await list({ status: 'all' }, third)).payload).slice(0, 2);
    expect(await newest()).toEqual([id, elsewhere.id]);
    expect(ids((await list({ status: 'all', inbox_id }, third)).payload)).toEqual([elsewhere.id]);
    expect(ids((await list({ status: 'all' })).payload)).not.toContain(elsewhere.id);
    // Of so many that they are no longer merged one by one.
    for (const name of ['A', 'B', 'C']) {
      const { id: inbox } = await open(name);
      await manage('agentAddInboxMembers', { inbox_id: inbox, user_ids: [third.id] });
    }
    expect(await newest()).toEqual([id, elsewhere.id]);
    expect((await list({ status: 'all' }, third)).meta.all_count).toBe(meta.all_count + 2);
  });
});

const order = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
