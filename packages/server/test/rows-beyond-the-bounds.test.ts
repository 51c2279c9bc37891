/** Rows that an older version stored beyond the bounds are shown cut and marked: no list, event or change fails because of them. */
import { agentApi, clientApi, type Endpoint, TRUNCATED } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from './fixtures/account.ts';
import { callerOf } from './fixtures/call.ts';
import { type ConversationFixture, conversationCaller, createConversation } from './fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from './server.ts';

/** As deep as older versions could store, and deeper than SQLite reads JSON. */
const deep = `{"kept":"here","deep":${'{"a":'.repeat(4150)}1${'}'.repeat(4150)}}`;
const wide = JSON.stringify(
  Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key ${at}`, at])),
);
const large = JSON.stringify({ kept: 'here', large: 'x'.repeat(1_000_000) });

const columns = {
  accounts: ['settings', 'custom_attributes'],
  users: ['ui_settings', 'custom_attributes'],
  inboxes: ['additional_attributes', 'auto_assignment_config', 'csat_config'],
  contacts: ['additional_attributes', 'custom_attributes'],
  conversations: ['additional_attributes', 'custom_attributes'],
  messages: ['content_attributes', 'additional_attributes'],
  custom_filters: ['query'],
  agent_bots: ['bot_config'],
} as const;

const reads = Object.entries<Endpoint>(agentApi).filter(
  ([, { method, auth }]) =>
    method === 'GET' && (auth === 'agent' || auth === 'administrator' || auth === 'user'),
);

describe.each(engines)('rows beyond the bounds on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let customer: ConversationFixture;
  let ids: Record<string, number>;

  const ask = <Body = Record<string, unknown>>(endpoint: Endpoint, params: object = {}, body?: object) =>
    call<Body>(server, endpoint, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, conversation_id: customer.id, ...params },
      body,
    });
  const own = () => ({ inbox_identifier: fixture.inbox.identifier, contact_identifier: customer.source_id });

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
    fixture = await createAccount(server);
    customer = await createConversation(server, fixture, 'Where is my parcel?');
    const { body: filter } = await ask(agentApi.agentCreateCustomFilter, {}, { name: 'Mine' });
    const { body: bot } = await ask(agentApi.agentCreateBot, {}, { name: 'Bot' });
    await ask(agentApi.agentCreateWebhook, {}, { url: 'http://127.0.0.1:9/' });
    const attribute = {
      attribute_display_name: 'Plan',
      attribute_key: 'plan',
      attribute_model: 'contact_attribute',
    };
    await ask(agentApi.agentCreateCustomAttribute, {}, attribute);
    await ask(agentApi.agentUpdateContact, { id: 1 }, { email: 'ann@example.test', name: 'Ann Parcel' });
    ids = { filter: filter.id as number, bot: bot.id as number };
  });
  afterAll(() => server.stop());

  const storeEverywhere = async (text: string) => {
    const { db } = server.app;
    for (const [table, names] of Object.entries(columns))
      await db.run(
        db.q.updateTable(table as 'contacts').set(Object.fromEntries(names.map((name) => [name, text]))),
      );
  };

  describe.each([
    ['deep', deep],
    ['wide', wide],
    ['large', large],
  ])('that are too %s', (_kind, text) => {
    beforeAll(() => storeEverywhere(text));

    it.each(reads)('%s shows', async (name, endpoint) => {
      const id = /CustomFilter/.test(name) ? ids.filter : /Bot/.test(name) ? ids.bot : 1;
      const query: Record<string, string> = {
        agentGetReport: '?metric=conversations_count',
        agentGetConversationMetrics: '?type=account',
        agentListAssignableAgents: `?inbox_ids[]=${fixture.inbox.id}`,
      };
      const path = /search/i.test(name) ? '?q=parcel' : (query[name] ?? '');
      const { status } = await ask(
        { ...endpoint, path: `${endpoint.path}${path}` },
        { id, inbox_id: fixture.inbox.id, contact_id: 1 },
      );
      expect([200, 404, 422]).toContain(status);
    });

    it('are marked, and keep what fits', async () => {
      const { body } = await ask<{ payload: { custom_attributes: object } }>(agentApi.agentGetContact, {
        id: 1,
      });
      const { custom_attributes } = body.payload;
      expect(custom_attributes).toMatchObject({ [TRUNCATED]: true });
      expect(Object.keys(custom_attributes).length).toBeGreaterThan(1);
      expect(Object.keys(custom_attributes).length).toBeLessThanOrEqual(200);
    });

    it('are filtered', async () => {
      const condition = { attribute_key: 'plan', filter_operator: 'equal_to', values: ['gold'] };
      for (const endpoint of [agentApi.agentFilterContacts])
        expect((await ask(endpoint, {}, { payload: [condition] })).status).toBe(200);
    });

    it('are in the events of a new message, on every stream and to webhooks', async () => {
      const client = callerOf(server.url, '');
      await customer.postMessage('Hello?');
      await conversationCaller(server, fixture)('agentPostMessage', customer.id, {
        body: { content: 'Hi {{contact.custom_attribute.kept}}' },
      });
      await client(clientApi.getConversation, { ...own(), conversation_id: customer.id });
      await client(clientApi.listConversations, own());
      const { db } = server.app;
      const events = await db.all(db.q.selectFrom('events').select('payload').orderBy('id', 'desc').limit(4));
      const deliveries = await db.all(
        db.q.selectFrom('webhook_deliveries').select('payload').orderBy('id', 'desc').limit(2),
      );
      for (const { payload } of [...events, ...deliveries]) expect(payload?.length).toBeLessThan(600_000);
    });

    it('are mended by the next change', async () => {
      const update = { id: 1, account_id: fixture.account_id, custom_attributes: { plan: 'gold' } };
      const { body } = await ask<{ payload: { custom_attributes: object } }>(
        agentApi.agentUpdateContact,
        update,
        update,
      );
      expect(body.payload.custom_attributes).toMatchObject({ plan: 'gold' });
      expect(body.payload.custom_attributes).not.toHaveProperty(TRUNCATED);
      const named = await ask(agentApi.agentUpdateContact, { id: 1 }, { name: 'Ann Parcel the Second' });
      expect(named.status).toBe(200);
    });
  });

  it('are read from the log and the ledger', async () => {
    const { db } = server.app;
    const before = await ask<{ cursor: string }>(agentApi.agentListEvents);
    const customersCursor = await callerOf(server.url, '')(clientApi.listEvents, own());
    await customer.postMessage('One more');
    await db.run(db.q.updateTable('events').set({ payload: `{"event":"message.created","data":${deep}}` }));
    await db.run(db.q.updateTable('webhook_deliveries').set({ payload: deep }));
    const delivery = await db.get(db.q.selectFrom('webhook_deliveries').select('id'));
    const cut = { kept: 'here', [TRUNCATED]: true };
    const { path } = agentApi.agentListEvents;
    const after = await ask<{ events: object[] }>({
      ...agentApi.agentListEvents,
      path: `${path}?after=${before.body.cursor}`,
    });
    expect(after.body.events[0]).toMatchObject({ data: cut });
    const { events } = await callerOf(server.url, '')(clientApi.listEvents, {
      ...own(),
      after: customersCursor.cursor,
    });
    expect(events[0]).toMatchObject({ data: cut });
    const shown = await ask(agentApi.agentGetWebhookDelivery, { id: delivery?.id });
    expect(shown).toMatchObject({ status: 200, body: { payload: cut } });
  });
});
