/**
 * Every method of the npm package `@figuro/chatwoot-sdk` for the agent API, as it is, against this server: a row for each.
 * A method that has no row, or a row that has no method, fails the test.
 */
import ChatwootClient from '@figuro/chatwoot-sdk';
import { clientApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../fixtures/call.ts';
import { createTestAccount, type TestAccount } from '../fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

type Method = (input: object) => Promise<unknown>;
type Client = Record<string, Record<string, Method>>;

/** Values that rows use and leave for the rows after them. */
interface World {
  own: TestAccount;
  accountId: number;
  inboxId: number;
  contactId: number;
  conversationId: number;
  /** Ids of what rows made, by the service that made it. */
  made: Record<string, number>;
}

interface Row {
  method: string;
  input(world: World): object;
  /** Fields that the answer must hold; undefined for an empty one. */
  answer?(world: World): unknown;
  /** Where the id is that later rows use. */
  keep?(answer: unknown): number;
}

const idOf = (answer: unknown) => (answer as { id: number }).id;
const any = () => expect.anything();
const list = (...items: unknown[]) => expect.arrayContaining(items);
const has = (keys: object) => expect.objectContaining(keys);
const query = { payload: [{ attribute_key: 'status', filter_operator: 'equal_to', values: ['open'] }] };
const payload = [{ attribute_key: 'email', filter_operator: 'contains', values: ['mail'] }];

/** Create, list, show, change and delete of one service. */
function keeping(
  service: string,
  { id, data, change, listed = (item: unknown) => list(item) }: Keeping,
  methods: readonly string[] = ['create', 'list', 'get', 'update', 'delete'],
): Row[] {
  const place = ({ made }: World) => ({ [id]: made[service] });
  const all: Row[] = [
    { method: `${service}.create`, input: () => ({ data }), answer: () => any(), keep: idOf },
    {
      method: `${service}.list`,
      input: () => ({}),
      answer: ({ made }) => listed(has({ id: made[service] })),
    },
    { method: `${service}.get`, input: place, answer: ({ made }) => has({ id: made[service] }) },
    {
      method: `${service}.update`,
      input: (world) => ({ ...place(world), data: change }),
      answer: () => has(change),
    },
    { method: `${service}.delete`, input: place },
  ];
  return all.filter(({ method }) => methods.includes(method.split('.')[1] as string));
}

interface Keeping {
  /** Name of the id among a method's arguments. */
  id: string;
  data: object;
  change: object;
  listed?(item: unknown): unknown;
}

const rows: Row[] = [
  { method: 'profile.profile', input: () => ({}), answer: ({ accountId }) => has({ account_id: accountId }) },
  ...keeping(
    'agents',
    {
      id: 'id',
      data: { name: 'Bo', email: 'bo@shop.test', role: 'agent', availability_status: 'available' },
      change: { role: 'administrator' },
    },
    ['create', 'list', 'update', 'delete'],
  ),
  ...keeping('accountAgentBots', {
    id: 'id',
    data: { name: 'Bot', description: 'It answers', outgoing_url: 'https://bot.shop.test/in' },
    change: { name: 'Better bot' },
  }),
  ...keeping(
    'cannedResponses',
    { id: 'id', data: { short_code: 'hi', content: 'Hello' }, change: { content: 'Good day' } },
    ['create', 'list', 'update', 'delete'],
  ),
  ...keeping('customAttributes', {
    id: 'id',
    data: {
      attribute_display_name: 'Plan',
      attribute_display_type: 0,
      attribute_key: 'plan',
      attribute_model: 1,
      attribute_description: 'What they pay',
    },
    change: { attribute_display_name: 'Tariff' },
  }).map((row) => (row.method.endsWith('.list') ? { ...row, input: () => ({ attributeModel: '1' }) } : row)),
  ...keeping('customFilters', {
    id: 'customFilterId',
    data: { name: 'Open', query },
    change: { name: 'All' },
  }),
  ...keeping('teams', {
    id: 'teamId',
    data: { name: 'Crew' },
    change: { description: 'Those on duty' },
  }).filter(({ method }) => !method.endsWith('.delete')),
  { method: 'teams.delete', input: ({ made }) => ({ teamId: made.teams }) },
  ...keeping(
    'webhooks',
    {
      id: 'webhookId',
      data: { url: 'https://hooks.shop.test/in', subscriptions: ['message_created'] },
      change: { url: 'https://hooks.shop.test/other' },
      listed: (item) => ({ payload: { webhooks: list(item) } }),
    },
    ['create', 'list'],
  ).map((row) =>
    row.keep
      ? {
          ...row,
          keep: (answer: unknown) => idOf((answer as { payload: { webhook: unknown } }).payload.webhook),
        }
      : row,
  ),
  {
    method: 'webhooks.update',
    input: ({ made }) => ({ webhookId: made.webhooks, data: { url: 'https://hooks.shop.test/other' } }),
    answer: () => ({ payload: { webhook: has({ url: 'https://hooks.shop.test/other' }) } }),
  },
  { method: 'webhooks.delete', input: ({ made }) => ({ webhookId: made.webhooks }) },
  {
    method: 'inboxes.create',
    input: () => ({ data: { name: 'Second', channel: { type: 'api' } } }),
    answer: () => has({ name: 'Second', channel_type: 'Channel::Api' }),
    keep: idOf,
  },
  {
    method: 'inboxes.list',
    input: () => ({}),
    answer: ({ made }) => ({ payload: list(has({ id: made.inboxes })) }),
  },
  {
    method: 'inboxes.get',
    input: ({ made }) => ({ id: made.inboxes }),
    answer: () => has({ name: 'Second' }),
  },
  {
    method: 'inboxes.update',
    input: ({ made }) => ({ id: made.inboxes, data: { enable_auto_assignment: false } }),
    answer: () => has({ enable_auto_assignment: false }),
  },
  {
    method: 'inboxes.addAgent',
    input: ({ made, own }) => ({ data: { inbox_id: String(made.inboxes), user_ids: [own.agent.id] } }),
    answer: ({ own }) => ({ payload: [has({ id: own.agent.id })] }),
  },
  {
    method: 'inboxes.updateAgentsInInbox',
    input: ({ made, own }) => ({ data: { inbox_id: String(made.inboxes), user_ids: [own.agent.id] } }),
    answer: ({ own }) => ({ payload: [has({ id: own.agent.id })] }),
  },
  {
    method: 'inboxes.listAgents',
    input: ({ made }) => ({ inboxId: made.inboxes }),
    answer: ({ own }) => ({ payload: [has({ id: own.agent.id })] }),
  },
  {
    method: 'inboxes.removeAgent',
    input: ({ made, own }) => ({
      inboxId: made.inboxes,
      data: { inbox_id: String(made.inboxes), user_ids: [own.agent.id] },
    }),
  },
  { method: 'inboxes.getAgentBot', input: ({ made }) => ({ id: made.inboxes }), answer: () => ({}) },
  {
    method: 'inboxes.updateAgentBot',
    input: ({ made }) => ({ id: made.inboxes, data: { agent_bot: null } }),
  },
  {
    method: 'contacts.create',
    input: ({ inboxId }) => ({ data: { inbox_id: inboxId, name: 'Lia', email: 'lia@mail.test' } }),
    answer: () => ({ payload: has({ contact: has({ name: 'Lia' }) }) }),
    keep: (answer) => idOf((answer as { payload: { contact: unknown } }).payload.contact),
  },
  { method: 'contacts.list', input: () => ({ sort: 'name' }), answer: () => has({ payload: list(any()) }) },
  {
    method: 'contacts.get',
    input: ({ made }) => ({ id: made.contacts }),
    answer: () => ({ payload: has({ email: 'lia@mail.test' }) }),
  },
  {
    method: 'contacts.update',
    input: ({ made }) => ({ id: made.contacts, data: { name: 'Lia Park' } }),
    answer: () => ({ payload: has({ name: 'Lia Park' }) }),
  },
  {
    method: 'contacts.search',
    input: () => ({ q: 'lia' }),
    answer: () => has({ payload: [has({ name: 'Lia Park' })] }),
  },
  { method: 'contacts.filter', input: () => ({ payload }), answer: () => has({ payload: list(any()) }) },
  {
    method: 'contacts.listConversations',
    input: ({ contactId }) => ({ id: contactId }),
    answer: ({ conversationId }) => ({ payload: [has({ id: conversationId })] }),
  },
  {
    method: 'contact.create',
    input: ({ made }) => ({ id: made.contacts, data: { inbox_id: made.inboxes } }),
    answer: ({ made }) => has({ inbox: has({ id: made.inboxes }) }),
  },
  {
    method: 'contact.getContactable',
    input: ({ made }) => ({ id: made.contacts }),
    answer: () => ({ payload: list(any()) }),
  },
  { method: 'contacts.delete', input: ({ made }) => ({ id: made.contacts }) },
  {
    method: 'conversations.create',
    input: ({ inboxId, contactId }) => ({
      data: { inbox_id: String(inboxId), contact_id: String(contactId) },
    }),
    answer: ({ inboxId }) => has({ inbox_id: inboxId }),
    keep: idOf,
  },
  {
    method: 'conversations.list',
    input: () => ({ assigneeType: 'all', status: 'open' }),
    answer: ({ conversationId }) => ({ data: has({ payload: list(has({ id: conversationId })) }) }),
  },
  {
    method: 'conversations.getMeta',
    input: () => ({ status: 'open' }),
    answer: () => ({ meta: has({ all_count: 2 }) }),
  },
  { method: 'conversations.filter', input: () => query, answer: () => has({ payload: list(any()) }) },
  {
    method: 'conversations.get',
    input: ({ conversationId }) => ({ conversationId }),
    answer: ({ conversationId }) => has({ id: conversationId }),
  },
  {
    method: 'conversations.toggleStatus',
    input: ({ made }) => ({ conversationId: made.conversations, data: { status: 'resolved' } }),
    answer: () => ({ payload: has({ current_status: 'resolved' }) }),
  },
  {
    method: 'conversationAssignment.assign',
    input: ({ conversationId, own }) => ({ conversationId, data: { assignee_id: own.agent.id } }),
    answer: ({ own }) => has({ id: own.agent.id }),
  },
  {
    method: 'conversationLabels.add',
    input: ({ conversationId }) => ({ conversationId, data: { labels: ['vip'] } }),
    answer: () => ({ payload: ['vip'] }),
  },
  {
    method: 'conversationLabels.list',
    input: ({ conversationId }) => ({ conversationId }),
    answer: () => ({ payload: ['vip'] }),
  },
  {
    method: 'messages.create',
    input: ({ conversationId }) => ({ conversationId, data: { content: 'Hi', message_type: 'outgoing' } }),
    answer: () => has({ content: 'Hi' }),
    keep: idOf,
  },
  {
    method: 'messages.list',
    input: ({ conversationId }) => ({ conversationId }),
    answer: ({ made }) => has({ payload: list(has({ id: made.messages })) }),
  },
  {
    method: 'messages.update',
    input: ({ conversationId, made }) => ({
      conversationId,
      messageId: made.messages,
      data: { status: 'delivered' },
    }),
    answer: () => has({ status: 'delivered' }),
  },
  {
    method: 'messages.delete',
    input: ({ conversationId, made }) => ({ conversationId, messageId: made.messages }),
    answer: () => has({ content_attributes: { deleted: true } }),
  },
  {
    method: 'reports.list',
    input: () => ({ metric: 'conversations_count', type: 'account' }),
    answer: () => list(has({ value: 2 })),
  },
  {
    method: 'reports.listSummaries',
    input: () => ({ type: 'account' }),
    answer: () => has({ conversations_count: 2 }),
  },
  { method: 'reports.getMetrics', input: () => ({ type: 'account' }), answer: () => has({ open: 1 }) },
  {
    method: 'reports.getAgentMetrics',
    input: () => ({ type: 'agent' }),
    answer: ({ own }) => list(has({ id: own.agent.id, metric: { open: 1, unattended: 0 } })),
  },
  { method: 'integrations.list', input: () => ({}), answer: () => ({ payload: [] }) },
];

/**
 * Methods whose endpoint is not part of this server, those of the platform API, and those of team members, which the client
 * sends to `/accounts/...` without the base that every other method has.
 */
const leftOut =
  /^(agentBots|users|automationRule)\.|^integrations\.(create|update|delete)$|^teams\.(\w*Agent\w*|listMembers)$/;

describe.each(engines)('on %s', (engine) => {
  let server: TestServer;
  let client: Client;
  let world: World;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    const own = await createTestAccount(server.app);
    const as = callerOf(server.url, '');
    const at = { inbox_identifier: own.inbox.identifier };
    const session = await as(clientApi.createContact, { ...at, name: 'Ann', email: 'ann@mail.test' });
    const place = { ...at, contact_identifier: session.source_id };
    const { id } = await as(clientApi.createConversation, place);
    await as(clientApi.postMessage, { ...place, conversation_id: id, content: 'Hello' });
    world = {
      own,
      accountId: own.account.id,
      inboxId: own.inbox.id,
      contactId: session.id,
      conversationId: id,
      made: {},
    };
    const { access_token: token } = own.administrator;
    const config = { with_credentials: false, credentials: 'omit', basePath: server.url, token } as const;
    client = new ChatwootClient({ config }) as unknown as Client;
  });
  afterAll(() => server.stop());

  it('has a row for every method of the client', () => {
    const methods = Object.entries(client).flatMap(([service, api]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(api))
        .filter((name) => name !== 'constructor' && Object.getPrototypeOf(api) !== Object.prototype)
        .map((name) => `${service}.${name}`),
    );
    const wanted = methods.filter((method) => !leftOut.test(method)).sort();
    expect(rows.map(({ method }) => method).sort()).toEqual(wanted);
  });

  it.each(rows)('$method', async ({ method, input, answer, keep }) => {
    const [service, name] = method.split('.') as [string, string];
    const api = client[service] as Record<string, Method>;
    const given = await (api[name] as Method).call(api, { accountId: world.accountId, ...input(world) });
    if (answer) expect(given).toEqual(answer(world));
    else expect(given ?? '').toBe('');
    if (keep) world.made[service] = keep(given);
  });
});
