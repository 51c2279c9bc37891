/** The lists of an account take no more statements with more records of each kind: no row costs a query. */
import { agentApi, clientApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMember } from '../src/agents/agents.ts';
import { addInbox } from '../src/inboxes/inboxes.ts';
import { insertMembers } from '../src/inboxes/store.ts';
import { type AccountFixture, createAccount } from './fixtures/account.ts';
import { type Caller, callerOf } from './fixtures/call.ts';
import { engines, startTestServer, type TestServer } from './server.ts';

/** Each is asked so often, and the least counts: the background asks for work meanwhile. */
const rounds = 3;
/** Records of each kind that are added. */
const moreRecords = 6;
/** By one statement for each added record; the background adds fewer. */
const grew = (narrow: number | undefined, wide: number): boolean => wide - (narrow ?? 0) >= moreRecords;

describe.each(engines)('lists of a wide account on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let administrator: Caller;
  let member: Caller;
  let statements = 0;
  const inboxes: { id: number; identifier: string }[] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine, onStatement: () => statements++ });
    fixture = await createAccount(server);
    administrator = callerOf(server.url, fixture.administrator.access_token);
    member = callerOf(server.url, fixture.member.access_token);
  });
  afterAll(() => server.stop());

  /** One more of everything that an account has many of; `n` makes its names. */
  async function addOne(n: number): Promise<void> {
    const { account_id } = fixture;
    const at = { account_id };
    inboxes.push(await addPeople(n));
    await administrator(agentApi.agentCreateLabel, { ...at, title: `label-${n}` });
    await member(agentApi.agentCreateCannedResponse, { ...at, short_code: `reply-${n}`, content: 'Yes' });
    await administrator(agentApi.agentCreateTeam, { ...at, name: `team ${n}` });
    await administrator(agentApi.agentCreateBot, { ...at, name: `Bot ${n}` });
    await administrator(agentApi.agentCreateWebhook, { ...at, url: `https://hooks${n}.example.test/in` });
    await member(agentApi.agentCreateCustomFilter, { ...at, name: `Filter ${n}` });
    await administrator(agentApi.agentCreateCustomAttribute, {
      ...at,
      attribute_display_name: `Attribute ${n}`,
      attribute_key: `attribute_${n}`,
      attribute_model: 'contact_attribute',
    });
  }

  const addPeople = (n: number) =>
    server.app.db.write(async (tx) => {
      const { account_id, member: mo } = fixture;
      const newUser = { email: `a${n}@shop.test`, name: `Agent ${n}`, password_hash: null, confirmed: 1 };
      const agent = await addMember(server.app, tx, { account_id, role: 'agent', newUser });
      const inbox = await addInbox(server.app, tx, account_id, { name: `Inbox ${n}` });
      await insertMembers(server.app, tx, { inbox_id: inbox.id, user_ids: [agent.id, mo.id] });
      return inbox;
    });

  /** Somebody new writes in every inbox, and the customer of the account begins one more conversation. */
  async function write(customer: string): Promise<void> {
    const customers = callerOf(server.url, '');
    for (const { identifier: inbox_identifier } of inboxes) {
      const { source_id } = await customers(clientApi.createContact, { inbox_identifier, name: 'Ann' });
      const session = { inbox_identifier, contact_identifier: source_id };
      const { id } = await customers(clientApi.createConversation, session);
      await customers(clientApi.postMessage, { ...session, conversation_id: id, content: 'Hello' });
      await customers(clientApi.createConversation, {
        inbox_identifier: fixture.inbox.identifier,
        contact_identifier: customer,
      });
    }
  }

  /** The statements of each list, as the member and as the administrator. */
  async function countAll(contact_id: number): Promise<Record<string, number>> {
    const assignable = new URLSearchParams(inboxes.map(({ id }) => ['inbox_ids[]', String(id)]));
    const paths = {
      agents: 'agents',
      inboxes: 'inboxes',
      'inbox members': `inbox_members/${fixture.inbox.id}`,
      'assignable agents': `assignable_agents?${assignable}`,
      labels: 'labels',
      teams: 'teams',
      'canned responses': 'canned_responses',
      attributes: 'custom_attribute_definitions',
      bots: 'agent_bots',
      filters: 'custom_filters',
      webhooks: 'webhooks',
      'webhook endpoints': 'webhook_endpoints',
      conversations: 'conversations?assignee_type=all',
      counts: 'conversations/meta',
      contacts: 'contacts',
      'conversations of a contact': `contacts/${contact_id}/conversations`,
      events: 'events',
    };
    const found: Record<string, number> = {};
    for (const [name, path] of Object.entries(paths)) {
      found[name] = await least(() => read(path, fixture.administrator));
      if (!name.startsWith('webhook'))
        found[`${name} of an agent`] = await least(() => read(path, fixture.member));
    }
    return found;
  }

  const read = async (path: string, { access_token: api_access_token }: { access_token: string }) => {
    const base = `${server.url}/api/v1/accounts/${fixture.account_id}`;
    const { status } = await fetch(`${base}/${path}`, { headers: { api_access_token } });
    expect([path, status]).toEqual([path, 200]);
  };

  async function least(ask: () => Promise<unknown>): Promise<number> {
    let fewest = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round++) {
      statements = 0;
      await ask();
      fewest = Math.min(fewest, statements);
    }
    return fewest;
  }

  it('take no statement per record', { timeout: 60_000 }, async () => {
    const customers = callerOf(server.url, '');
    const { identifier: inbox_identifier } = fixture.inbox;
    const { source_id, id } = await customers(clientApi.createContact, { inbox_identifier, name: 'Bea' });
    await addOne(0);
    await write(source_id);
    const narrowFrom = await newestCursor();
    await write(source_id);
    const narrow = await countAll(id);
    const narrowNews = await least(() => read(`events?after=${narrowFrom}`, fixture.member));

    for (let n = 1; n <= moreRecords; n++) await addOne(n);
    const from = await newestCursor();
    await write(source_id);
    const grown = Object.entries(await countAll(id)).filter(([name, count]) => grew(narrow[name], count));
    expect(grown).toEqual([]);
    // The streams of all inboxes have news, and share their queries.
    const news = await least(() => read(`events?after=${from}`, fixture.member));
    expect(grew(narrowNews, news)).toBe(false);
  });

  const newestCursor = async () =>
    (await member(agentApi.agentListEvents, { account_id: fixture.account_id })).cursor;
});
