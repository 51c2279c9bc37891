/** Conversations that wait for an agent: who gets them, when, in which order, and which are never assigned. */
import { type AgentConversation, agentApi } from '@hoory/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, call, createAccount, password } from '../../test/fixtures/account.ts';
import { type ConversationFixture, createConversation } from '../../test/fixtures/conversation.ts';
import { agentIdentifier, openRaw } from '../../test/raw-cable.ts';
import { engines, type Fresh, freshConfig, startTestServer, type TestServer } from '../../test/server.ts';
import type { InboxRow, UserRow } from '../db/tables.ts';
import { addInbox } from '../inboxes/inboxes.ts';
import { openApp, startServer } from '../main.ts';
import { setUpAgent } from '../setup.ts';
import { type AutoAssignment, openAutoAssignment } from './auto-assign.ts';
import { followConversations } from './follow-conversations.ts';

const soon = { timeout: 30_000 };
const minutes = 60_000;

describe.each(engines)('a waiting conversation on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  /** A second worker: what only one may do, two try at once. */
  let worker: AutoAssignment;
  let later = 0;

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => Date.now() + later });
    worker = openAutoAssignment(server.app);
  });
  afterAll(async () => {
    await worker.close();
    await server.stop();
  });

  /** Presence counts by account: in a new one nobody is online. */
  beforeEach(async () => {
    fixture = await createAccount(server);
  });

  const manage = <Body = { id: number }>(name: keyof typeof agentApi, body: unknown, params = {}) =>
    call<Body>(server, agentApi[name], {
      as: fixture.administrator,
      body,
      params: { account_id: fixture.account_id, ...params },
    });
  const assigneeOf = async ({ id }: ConversationFixture) => {
    const { body } = await manage<AgentConversation>('agentGetConversation', undefined, {
      conversation_id: id,
    });
    return body.meta.assignee?.id ?? null;
  };
  const goesTo = (conversation: ConversationFixture, { id }: UserRow) =>
    vi.waitFor(async () => expect(await assigneeOf(conversation)).toBe(id), soon);
  const assign = (conversation: ConversationFixture, body: object) =>
    manage('agentAssignConversation', body, { conversation_id: conversation.id });
  const inboxOf = (inbox: InboxRow): AccountFixture => ({ ...fixture, inbox });
  const newInbox = (name: string) =>
    server.app.db.write((tx) => addInbox(server.app, tx, fixture.account_id, { name }));
  const newAgent = (name: string, inboxes: number[]) =>
    setUpAgent(server.app, {
      account: fixture.account_id,
      email: `${name}@shop.test`,
      name,
      password,
      role: 'agent',
      inboxes,
    });
  const updateInbox = (body: object) => manage('agentUpdateInbox', body, { id: fixture.inbox.id });
  /** Opens a subscribed socket, which never says anything again. */
  const comeOnline = async (user: UserRow) => {
    const identifier = agentIdentifier(user, fixture.account_id);
    const cable = openRaw(server.url, { first: [{ command: 'subscribe', identifier }] });
    await cable.until(({ type }) => type === 'confirm_subscription');
    return cable;
  };
  const queued = async (inbox: InboxRow = fixture.inbox) => {
    const { q, all } = server.app.db;
    return (await all(q.selectFrom('assignment_queue').selectAll().where('inbox_id', '=', inbox.id))).length;
  };
  const assignmentsOf = async ({ id }: ConversationFixture) => {
    const { body } = await manage<{ payload: { content: string; message_type: number }[] }>(
      'agentListMessages',
      undefined,
      { conversation_id: id },
    );
    return body.payload.filter(
      ({ message_type, content }) => message_type === 2 && /assigned/i.test(content),
    );
  };

  it('is given away in its order when an agent comes online, past an inbox that has nobody', async () => {
    const deserted = inboxOf(await newInbox('Deserted'));
    const before = await createConversation(server, deserted);
    const waiting = [];
    for (let count = 0; count < 3; count++) waiting.push(await createConversation(server, fixture));
    await worker.work();
    expect(await Promise.all(waiting.map(assigneeOf))).toEqual([null, null, null]);
    const cable = await comeOnline(fixture.member);
    for (const conversation of waiting) await goesTo(conversation, fixture.member);
    const { q, all } = server.app.db;
    const taken = await all(
      q
        .selectFrom('messages')
        .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
        .select('display_id')
        .where('messages.account_id', '=', fixture.account_id)
        .where('content', '=', 'Assigned to Mo by System')
        .orderBy('messages.id'),
    );
    expect(taken.map(({ display_id }) => display_id)).toEqual(waiting.map(({ id }) => id));
    expect(await assigneeOf(before)).toBeNull();
    expect([await queued(), await queued(deserted.inbox)]).toEqual([0, 1]);
    await cable.close();
  });

  it('goes to an agent whose socket has been silent for an hour, and to nobody once it has been closed for a minute', async () => {
    const cable = await comeOnline(fixture.member);
    later += 60 * minutes;
    await goesTo(await createConversation(server, fixture), fixture.member);
    await cable.close();
    later += minutes;
    const late = await createConversation(server, fixture);
    await worker.work();
    expect(await assigneeOf(late)).toBeNull();
  });

  it('goes to an agent who joins the inbox, becomes available, or when the inbox begins to assign', async () => {
    await comeOnline(fixture.outsider);
    const first = await createConversation(server, fixture);
    await manage('agentAddInboxMembers', { inbox_id: fixture.inbox.id, user_ids: [fixture.outsider.id] });
    await goesTo(first, fixture.outsider);

    await manage('agentUpdateAgent', { availability: 'busy' }, { id: fixture.outsider.id });
    const second = await createConversation(server, fixture);
    await worker.work();
    expect(await assigneeOf(second)).toBeNull();
    await manage('agentUpdateAgent', { availability: 'online' }, { id: fixture.outsider.id });
    await goesTo(second, fixture.outsider);

    await updateInbox({ enable_auto_assignment: false });
    const third = await createConversation(server, fixture);
    await worker.work();
    expect(await assigneeOf(third)).toBeNull();
    await updateInbox({ enable_auto_assignment: true });
    await goesTo(third, fixture.outsider);
  });

  it('for a team waits for a member of the team and of the inbox, in front of nobody else', async () => {
    const { body: team } = await manage('agentCreateTeam', { name: 'crew', allow_auto_assign: true });
    const [ofTeam, other, left] = [
      await createConversation(server, fixture),
      await createConversation(server, fixture),
      await createConversation(server, fixture),
    ];
    await assign(ofTeam, { team_id: team.id });
    await assign(left, { team_id: team.id });
    await assign(left, { team_id: 0 });
    await comeOnline(fixture.member);
    await goesTo(other, fixture.member);
    await goesTo(left, fixture.member);
    await worker.work();
    expect(await assigneeOf(ofTeam)).toBeNull();
    await manage('agentAddTeamMembers', { user_ids: [fixture.member.id] }, { id: team.id });
    await goesTo(ofTeam, fixture.member);
  });

  it('for a team that is deleted goes to anybody of the inbox', async () => {
    const { body: team } = await manage('agentCreateTeam', { name: 'gone', allow_auto_assign: true });
    const conversation = await createConversation(server, fixture);
    await assign(conversation, { team_id: team.id });
    await comeOnline(fixture.member);
    await worker.work();
    expect(await assigneeOf(conversation)).toBeNull();
    await manage('agentDeleteTeam', undefined, { id: team.id });
    await goesTo(conversation, fixture.member);
  });

  it('leaves the queue when it is assigned, resolved, or unassigned by hand', async () => {
    const su = await newAgent('Su', []);
    const [taken, ended, freed] = [
      await createConversation(server, fixture),
      await createConversation(server, fixture),
      await createConversation(server, fixture),
    ];
    await assign(taken, { assignee_id: su.id });
    await manage('agentToggleStatus', { status: 'resolved' }, { conversation_id: ended.id });
    await assign(freed, { assignee_id: su.id });
    await assign(freed, { assignee_id: 0 });
    expect(await queued()).toBe(0);
    await comeOnline(fixture.member);
    await worker.work();
    expect(await Promise.all([taken, ended, freed].map(assigneeOf))).toEqual([su.id, null, null]);
    await manage('agentToggleStatus', { status: 'open' }, { conversation_id: ended.id });
    await goesTo(ended, fixture.member);
  });

  it('is assigned once, and keeps an agent who was assigned by hand meanwhile', async () => {
    const waiting = [];
    for (let count = 0; count < 12; count++) waiting.push(await createConversation(server, fixture));
    server.app.presence.enter(fixture.account_id, 'user', fixture.member.id);
    // To somebody outside the inbox, whose conversations are given away when they become open.
    const byHand = waiting.filter((_, index) => index % 2);
    await Promise.all([
      worker.work(),
      ...byHand.map((conversation) => assign(conversation, { assignee_id: fixture.outsider.id })),
      worker.work(),
    ]);
    await vi.waitFor(async () => expect(await queued()).toBe(0), soon);
    for (const conversation of waiting) {
      const isByHand = byHand.includes(conversation);
      expect(await assigneeOf(conversation)).toBe((isByHand ? fixture.outsider : fixture.member).id);
      const lines = (await assignmentsOf(conversation)).map(({ content }) => content);
      const bySystem = lines.filter((line) => line === 'Assigned to Mo by System');
      if (isByHand) expect(bySystem.length).toBeLessThanOrEqual(1);
      else expect(lines).toEqual(['Assigned to Mo by System']);
    }
  });

  it('is assigned also when its queue is longer than a step', async () => {
    await updateInbox({ enable_auto_assignment: false });
    for (let count = 0; count < 120; count += 10)
      await Promise.all(Array.from({ length: 10 }, () => createConversation(server, fixture)));
    expect(await queued()).toBe(120);
    server.app.presence.enter(fixture.account_id, 'user', fixture.member.id);
    await updateInbox({ enable_auto_assignment: true });
    await vi.waitFor(async () => expect(await queued()).toBe(0), soon);
  });
});

describe.each(engines)('the queue for agents on %s', (engine) => {
  let fresh: Fresh;
  let fixture: AccountFixture;
  let app: Awaited<ReturnType<typeof openApp>>;

  beforeAll(async () => {
    fresh = await freshConfig(engine);
    const started = await startServer(fresh.config);
    const server: TestServer = { ...started, ...fresh, url: started.app.url(), stop: fresh.release };
    fixture = await createAccount(server);
    for (let count = 0; count < 3; count++) await createConversation(server, fixture);
    await started.close();
    app = await openApp(fresh.config);
  });
  afterAll(async () => {
    await app.close();
    await fresh.release();
  });

  const queued = () => app.db.all(app.db.q.selectFrom('assignment_queue').selectAll());

  it('is kept when its process stops, which ends after the current conversation, and the next process goes on', async () => {
    app.listeners.add(followConversations(app, () => undefined));
    const empty = openAutoAssignment(app);
    await empty.work();
    await empty.close();
    app.presence.enter(fixture.account_id, 'user', fixture.member.id);
    const stopping = openAutoAssignment(app);
    void stopping.work();
    await stopping.close();
    expect(await queued()).toHaveLength(3);

    const next = openAutoAssignment(app);
    await next.work();
    await next.close();
    expect(await queued()).toEqual([]);
    const rows = await app.db.all(app.db.q.selectFrom('conversations').select('assignee_id'));
    expect(rows.map(({ assignee_id }) => assignee_id)).toEqual(Array(3).fill(fixture.member.id));
  });
});
