import { agentApi, type Endpoint } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

/** A busy machine may take its time. */
const soon = { timeout: 30_000 };

interface Bot {
  id: number;
  name: string;
  access_token: string;
  secret: string;
  [key: string]: unknown;
}

interface Talk {
  id: number;
  status: string;
  waiting_since: number;
  meta: { assignee?: { id: number }; assignee_type?: string };
  messages: { content: string }[];
}

describe.each(engines)('agent bots on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };
  let time = Date.parse('2026-03-01T12:00:00Z');

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => time });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const asAdministrator = <Body>(endpoint: Endpoint, params: object, body?: unknown) =>
    call<Body>(server, endpoint, { as: fixture.administrator, params: { ...own, ...params }, body });
  const createBot = async (body: object = { name: 'Bo' }) =>
    (await asAdministrator<Bot>(agentApi.agentCreateBot, {}, body)).body;
  const attributesOf = ({ status, body }: { status: number; body: unknown }) => [
    status,
    (body as { attributes?: string[] }).attributes,
  ];

  /** A customer of the office's inbox, and how it writes. */
  async function customer() {
    const base = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
    const post = async (path: string, body: object = {}) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(answer.status).toBe(200);
      return (await answer.json()) as { id: number; source_id: string };
    };
    const { source_id } = await post('');
    const { id } = await post(`/${source_id}/conversations`);
    return {
      conversation_id: id,
      starts: () => post(`/${source_id}/conversations`),
      says: (content: string) => post(`/${source_id}/conversations/${id}/messages`, { content }),
    };
  }

  const talk = async (conversation_id: number) =>
    (await asAdministrator<Talk>(agentApi.agentGetConversation, { conversation_id })).body;

  it('are created with token and secret, changed, and deleted', async () => {
    const bot = await createBot({
      name: ' Bo ',
      description: 'Answers',
      outgoing_url: 'https://bots.shop.test/in',
      bot_config: { tone: 'kind' },
      bot_type: 0,
      avatar_url: 'https://shop.test/bo.png',
    });
    expect(bot).toMatchObject({
      name: 'Bo',
      description: 'Answers',
      outgoing_url: 'https://bots.shop.test/in',
      bot_config: { tone: 'kind' },
      bot_type: 'webhook',
      thumbnail: 'https://shop.test/bo.png',
      account_id: fixture.account_id,
      system_bot: false,
    });
    for (const key of ['access_token', 'secret']) expect(bot[key]).toMatch(/^[1-9A-HJ-NP-Za-km-z]{24}$/);
    expect(atob(String(bot.standard_webhooks_secret).replace('whsec_', ''))).toBe(bot.secret);

    const { id } = bot;
    const changed = await asAdministrator<Bot>(
      agentApi.agentUpdateBot,
      { id },
      { description: '', outgoing_url: null },
    );
    expect(changed.body).toEqual({ ...bot, description: null, outgoing_url: null });
    const plain = await asAdministrator<Bot>(agentApi.agentDeleteBotAvatar, { id });
    expect(plain.body.thumbnail).toBe('');
    expect((await asAdministrator<Bot>(agentApi.agentGetBot, { id })).body).toEqual(plain.body);
    const list = await asAdministrator<Bot[]>(agentApi.agentListBots, {});
    expect(list.body).toContainEqual(plain.body);

    const token = await asAdministrator<Bot>(agentApi.agentResetBotAccessToken, { id });
    expect(token.body).toEqual({ ...plain.body, access_token: expect.not.stringMatching(bot.access_token) });
    const secret = await asAdministrator<Bot>(agentApi.agentResetBotSecret, { id });
    expect(secret.body.access_token).toBe(token.body.access_token);
    expect(secret.body.secret).not.toBe(bot.secret);

    expect((await asAdministrator(agentApi.agentDeleteBot, { id })).status).toBe(200);
    expect((await asAdministrator(agentApi.agentDeleteBot, { id })).status).toBe(404);
  });

  it('refuse invalid input', async () => {
    const create = (body: object) => asAdministrator(agentApi.agentCreateBot, {}, body);
    expect(attributesOf(await create({}))).toEqual([422, ['name']]);
    expect(attributesOf(await create({ name: ' ' }))).toEqual([422, ['name']]);
    expect(attributesOf(await create({ name: 'x', outgoing_url: 'ftp://x' }))).toEqual([
      422,
      ['outgoing_url'],
    ]);
    expect(attributesOf(await create({ name: 'x', avatar_url: 'javascript:1' }))).toEqual([
      422,
      ['avatar_url'],
    ]);
    expect((await create({ name: 'x', bot_type: 'wizard' })).status).toBe(422);
  });

  it('show token and secret to administrators only, and are not found in other accounts', async () => {
    const { id } = await createBot();
    const seen = await call<Bot>(server, agentApi.agentGetBot, {
      as: fixture.member,
      params: { ...own, id },
    });
    expect(seen.status).toBe(200);
    for (const key of ['access_token', 'secret', 'standard_webhooks_secret'])
      expect(seen.body).not.toHaveProperty(key);
    const outgoing_url = 'https://bo:geheim@bots.test/in';
    expect((await asAdministrator(agentApi.agentUpdateBot, { id }, { outgoing_url })).body).toMatchObject({
      outgoing_url,
    });
    const again = await call<Bot>(server, agentApi.agentGetBot, {
      as: fixture.member,
      params: { ...own, id },
    });
    expect(again.body.outgoing_url).toBe('https://bots.test/in');
    const params = { account_id: fixture.foreign.account_id, id };
    for (const endpoint of [agentApi.agentGetBot, agentApi.agentDeleteBot, agentApi.agentResetBotAccessToken])
      expect((await call(server, endpoint, { as: fixture.foreigner, params })).status).toBe(404);
  });

  it('are set for an inbox, and removed from it', async () => {
    const { id: agent_bot } = await createBot();
    const params = { id: fixture.inbox.id };
    const set = (body: unknown) => asAdministrator(agentApi.agentSetInboxBot, params, body);
    const shown = async () =>
      (await asAdministrator<{ agent_bot?: Bot }>(agentApi.agentGetInboxBot, params)).body.agent_bot?.id;
    expect(await shown()).toBeUndefined();
    expect((await set({ agent_bot: 0 })).status).toBe(404);
    expect((await set({ agent_bot: 999 })).status).toBe(404);
    expect((await set({ agent_bot: String(agent_bot) })).status).toBe(200);
    expect(await shown()).toBe(agent_bot);
    expect((await customer()).conversation_id).toBeGreaterThan(0);
    expect((await set({ agent_bot: null })).status).toBe(200);
    expect(await shown()).toBeUndefined();
    await set({ agent_bot });
    await asAdministrator(agentApi.agentDeleteBot, { id: agent_bot });
    expect(await shown()).toBeUndefined();
  });

  it('get new conversations of their inbox, answer, and hand off to agents', async () => {
    const bot = await createBot();
    await asAdministrator(agentApi.agentSetInboxBot, { id: fixture.inbox.id }, { agent_bot: bot.id });
    const { conversation_id, says } = await customer();
    expect((await talk(conversation_id)).status).toBe('pending');
    await says('Hello?');
    time += 60_000;

    const asBot = <Body>(endpoint: Endpoint, body?: unknown) =>
      call<Body>(server, endpoint, { as: bot, params: { ...own, conversation_id }, body });
    const answer = await asBot<{ sender: object }>(agentApi.agentPostMessage, {
      content: 'Hi, {{agent.name}} here',
      echo_id: 'a',
    });
    const sender = { id: bot.id, name: 'Bo', avatar_url: '', type: 'agent_bot' };
    expect(answer.body).toMatchObject({ content: 'Hi, Bo here', message_type: 1, sender });
    const again = await asBot(agentApi.agentPostMessage, {
      content: 'Hi, {{agent.name}} here',
      echo_id: 'a',
    });
    expect(again.body).toEqual(answer.body);
    expect(await talk(conversation_id)).toMatchObject({
      status: 'pending',
      waiting_since: 0,
      first_reply_created_at: 0,
    });

    expect((await asBot(agentApi.agentGetConversation)).status).toBe(200);
    expect((await asBot(agentApi.agentSetConversationLabels, { labels: ['bot'] })).status).toBe(200);
    expect((await asBot(agentApi.agentToggleTyping, { typing_status: 'on' })).status).toBe(200);
    expect((await asBot(agentApi.agentToggleStatus, { status: 'open' })).status).toBe(200);
    const open = await talk(conversation_id);
    expect(open).toMatchObject({ status: 'open', waiting_since: time / 1000 });
    expect(open.meta).not.toHaveProperty('assignee');
    expect(open.messages[0]?.content).toBe('Conversation was reopened by Bo');

    const told = await readEvents(server.app, `inbox:${fixture.inbox.id}`);
    const heard = told.filter(({ event, data }) => event === 'message.created' && data.echo_id === 'a');
    expect(heard).toMatchObject([
      { data: { sender_type: 'AgentBot', sender_id: bot.id, performer: sender } },
    ]);

    await asAdministrator(agentApi.agentToggleStatus, { conversation_id }, { status: 'resolved' });
    await says('One more thing');
    expect((await talk(conversation_id)).status).toBe('pending');
    await asAdministrator(agentApi.agentSetInboxBot, { id: fixture.inbox.id }, { agent_bot: null });
  });

  it('are the sender of an agent’s message that names them', async () => {
    const bot = await createBot();
    const { conversation_id } = await customer();
    const post = (sender_id: number) =>
      asAdministrator(
        agentApi.agentPostMessage,
        { conversation_id },
        { content: 'Beep', sender_type: 'AgentBot', sender_id },
      );
    expect((await post(bot.id)).body).toMatchObject({ sender: { id: bot.id, type: 'agent_bot' } });
    expect((await post(999)).status).toBe(404);
  });

  it('may call exactly the endpoints for bots', async () => {
    const bot = await createBot();
    const params = { ...own, id: 999, inbox_id: 999, conversation_id: 999 };
    for (const [name, endpoint] of Object.entries<Endpoint>(agentApi)) {
      if (endpoint.auth === 'none') continue;
      const { status } = await call(server, endpoint, { as: bot, params });
      if (endpoint.bot) expect([name, status]).toEqual([name, expect.not.toBeOneOf([401, 500])]);
      else expect([name, status]).toEqual([name, 401]);
    }
    const elsewhere = { ...params, account_id: fixture.foreign.account_id };
    const knock = (as: { access_token: string }, at: typeof params) =>
      call(server, agentApi.agentGetConversation, { as, params: at });
    expect((await knock(bot, elsewhere)).status).toBe(401);
    expect((await knock(bot, { ...params, account_id: 999 })).status).toBe(404);
    await asAdministrator(agentApi.agentResetBotAccessToken, { id: bot.id });
    expect(await knock(bot, params)).toMatchObject({ status: 401, body: { error: 'Invalid Access Token' } });
  });

  it('are removed from their conversations when they are deleted', async () => {
    const bot = await createBot();
    const { conversation_id } = await customer();
    const { db } = server.app;
    await db.run(
      db.q
        .updateTable('conversations')
        .set({ assignee_agent_bot_id: bot.id })
        .where('display_id', '=', conversation_id)
        .where('account_id', '=', fixture.account_id),
    );
    const { meta } = await talk(conversation_id);
    expect(meta).toMatchObject({ assignee: { id: bot.id, bot_type: 'webhook' }, assignee_type: 'AgentBot' });
    await asAdministrator(agentApi.agentDeleteBot, { id: bot.id });
    expect((await talk(conversation_id)).meta).not.toHaveProperty('assignee');
    // Of this conversation: the background job may open those of bots that earlier tests have deleted.
    const last = (await readEvents(server.app, `inbox:${fixture.inbox.id}`))
      .filter(({ data }) => Object(data).id === conversation_id)
      .at(-1);
    expect(last).toMatchObject({ event: 'conversation.updated', data: { meta: { assignee: null } } });
  });

  describe('that were deleted', () => {
    const inbox = () => ({ id: fixture.inbox.id });
    const setBot = (agent_bot: number | null) =>
      asAdministrator(agentApi.agentSetInboxBot, inbox(), { agent_bot });
    const statusOf = async (id: number) => (await talk(id)).status;
    const opened = (id: number) => vi.waitFor(async () => expect(await statusOf(id)).toBe('open'), soon);
    const assignBot = async (conversation_id: number, assignee_id: number) =>
      asAdministrator(
        agentApi.agentAssignConversation,
        { conversation_id },
        { assignee_id, assignee_type: 'AgentBot' },
      );
    /** No inbox is left that has lost its bot. */
    const settled = () =>
      vi.waitFor(async () => {
        const { db } = server.app;
        expect(await db.all(db.q.selectFrom('bot_handoffs').selectAll())).toEqual([]);
      }, soon);

    it('hand off their pending conversations to agents', async () => {
      await call(server, agentApi.agentUpdateNotificationSettings, {
        as: fixture.member,
        params: own,
        body: { notification_settings: { selected_push_flags: ['push_conversation_creation'] } },
      });
      for (const remove of [
        () => setBot(null),
        (id: number) => asAdministrator(agentApi.agentDeleteBot, { id }),
      ]) {
        const { id } = await createBot();
        await setBot(id);
        const { conversation_id, says } = await customer();
        await says('Anybody?');
        time += 60_000;
        const { conversation_id: silent } = await customer();
        expect(await statusOf(conversation_id)).toBe('pending');
        expect((await remove(id)).status).toBe(200);
        await opened(conversation_id);
        await opened(silent);
        const open = await talk(conversation_id);
        expect(open.waiting_since).toBe(time / 1000 - 60);
        expect((await talk(silent)).waiting_since).toBe(time / 1000);
        expect(open.messages[0]?.content).toBe(
          'Conversation was opened by the system because its bot was removed',
        );
        const told = await readEvents(server.app, `inbox:${fixture.inbox.id}`);
        expect(
          told.filter(
            ({ event, data }) => event === 'conversation.status_changed' && data.id === conversation_id,
          ),
        ).toMatchObject([{ data: { status: 'open' } }]);
        const { body } = await call<{
          data: { payload: { notification_type: string; primary_actor: Talk }[] };
        }>(server, agentApi.agentListNotifications, { as: fixture.member, params: own });
        expect(
          body.data.payload.filter(({ primary_actor }) => primary_actor.id === conversation_id),
        ).toMatchObject([{ notification_type: 'conversation_creation' }]);
        await settled();
      }
    });

    it('hand off all their conversations, however many', async () => {
      const { id } = await createBot();
      await setBot(id);
      const { starts } = await customer();
      await Promise.all(Array.from({ length: 101 }, starts));
      const count = async (status: string) =>
        (
          await asAdministrator<{ meta: { all_count: number } }>(
            {
              ...agentApi.agentGetConversationCounts,
              path: `${agentApi.agentGetConversationCounts.path}?status=${status}`,
            },
            {},
          )
        ).body.meta.all_count;
      expect(await count('pending')).toBe(102);
      const before = await count('open');
      await setBot(null);
      await settled();
      expect(await count('pending')).toBe(0);
      expect(await count('open')).toBe(before + 102);
    });

    it('keep conversations that another bot receives, or that the account keeps pending', async () => {
      const [first, second] = [await createBot(), await createBot()];
      await setBot(first.id);
      const { conversation_id: inherited } = await customer();
      const { conversation_id: assigned } = await customer();
      await setBot(second.id);
      expect(await statusOf(inherited)).toBe('pending');
      await assignBot(assigned, first.id);
      await setBot(null);
      await opened(inherited);
      await settled();
      expect(await statusOf(assigned)).toBe('pending');
      await asAdministrator(agentApi.agentDeleteBot, { id: first.id });
      expect(await statusOf(assigned)).toBe('open');
      expect((await talk(assigned)).meta).not.toHaveProperty('assignee');

      await asAdministrator(agentApi.agentUpdateAccount, {}, { keep_pending_on_bot_failure: true });
      await setBot(second.id);
      const { conversation_id: kept } = await customer();
      await asAdministrator(agentApi.agentDeleteBot, { id: second.id });
      await settled();
      expect(await statusOf(kept)).toBe('pending');
      await asAdministrator(agentApi.agentUpdateAccount, {}, { keep_pending_on_bot_failure: null });
    });

    it('are removed from their inboxes, with an event', async () => {
      const { id } = await createBot();
      await setBot(id);
      const count = async () =>
        (await readEvents(server.app, `account:${fixture.account_id}`)).filter(
          ({ event }) => event === 'account.cache_invalidated',
        ).length;
      const before = await count();
      await asAdministrator(agentApi.agentDeleteBot, { id });
      expect(await count()).toBeGreaterThan(before);
      await settled();
    });
  });
});
