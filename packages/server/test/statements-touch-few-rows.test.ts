/** Every statement of the usual verbs on a full database: found by an index, whatever is stored. */
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { resolveIdle } from '../src/automation/auto-resolve.ts';
import { unsnoozeDue } from '../src/automation/unsnooze.ts';
import { listContactRows } from '../src/contacts/agent-store.ts';
import { fetchAvatars } from '../src/contacts/avatars.ts';
import { addUpContactCounts } from '../src/contacts/store-counts.ts';
import { addUpConversationCounts } from '../src/conversations/record/store-counts.ts';
import type { Execution } from '../src/db/db.ts';
import { openSearchIndex } from '../src/db/search/search-index.ts';
import { packLog } from '../src/events/pack.ts';
import { pruneLog } from '../src/events/prune.ts';
import { openSweep } from '../src/files/sweep.ts';
import { pruneStoredResponses } from '../src/http/idempotency.ts';
import { startServer } from '../src/main.ts';
import { unsnoozeNotifications } from '../src/notifications/notifications.ts';
import { packDeliveries } from '../src/webhooks/pack.ts';
import { pruneDeliveries } from '../src/webhooks/prune.ts';
import { password } from './fixtures/account.ts';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
} from './fixtures/connected-account.ts';
import { filledRows, fillTables, growingTables } from './fixtures/fill-tables.ts';
import { type PlanFault, postgresFaults, sqliteFaults } from './query-plans.ts';
import { agentIdentifier, ext, type Frame, openRaw } from './raw-cable.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { engines, type Fresh, freshConfig, type TestServer } from './server.ts';

const hour = 3_600_000;
/** Executions of one statement that are looked at. */
const mostSamples = 2;

describe.each(engines)('statements on a full %s', (engine) => {
  const executed = new Map<string, Execution[]>();
  const growing = new Set(growingTables);
  let fresh: Fresh;
  let server: TestServer;
  let row: { id: number; contact_id: number };
  let connected: ConnectedAccount;
  let receiver: Receiver;
  let customer: Customer;
  let isRecording = false;

  const onStatement = (execution: Execution) => {
    if (!isRecording) return;
    const name = `${execution.within} ${execution.text}`;
    const samples = executed.get(name) ?? [];
    if (samples.length < mostSamples) executed.set(name, [...samples, execution]);
  };

  beforeAll(async () => {
    receiver = await openReceiver();
    const settings = { HOORY_WEBHOOK_ALLOW: '127.0.0.1' };
    fresh = await freshConfig(engine, settings);
    const started = await startServer(fresh.config, undefined, { onStatement });
    server = { ...started, ...fresh, url: started.app.url(), stop: fresh.release };
    connected = await createConnectedAccount(server);
    customer = await prepare();
    isRecording = true;
    await useAll();
    await server.close();
    // The start, and the stop with all that is left.
    const again = await startServer(server.config, undefined, { onStatement });
    await again.close();
  }, 300_000);
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  /** A company with a webhook that answers and one that is dead, and all that years have left. */
  async function prepare(): Promise<Customer> {
    const { fixture, callAgent, createContact, createConversation, postReply } = connected;
    const subscriptions = ['message_created', 'message_updated', 'conversation_status_changed'];
    const hook = (url: string) =>
      callAgent<{ payload: { webhook: { id: number } } }>(
        fixture.administrator,
        'agentCreateWebhook',
        {},
        { url, subscriptions },
      );
    await hook(`${receiver.url}/alive`);
    const dead = await hook('http://127.0.0.1:1/dead');
    await callAgent(fixture.administrator, 'agentUpdateAccount', {}, { auto_resolve_after: 60 * 24 * 365 });
    const entered = await createContact();
    await createConversation(entered);
    await postReply(entered, { content: 'Hello' });
    row = await rowOf(entered);
    await fillTables(server.app, {
      account_id: fixture.account_id,
      inbox_id: fixture.inbox.id,
      user_id: fixture.member.id,
      other_user_id: fixture.outsider.id,
      contact_id: row.contact_id,
      conversation_id: row.id,
      endpoint: `webhook:${dead.payload.webhook.id}`,
      now: Date.now(),
    });
    return entered;
  }

  const rowOf = async ({ place }: Customer) => {
    const { q, get } = server.app.db;
    const row = await get(
      q
        .selectFrom('conversations')
        .selectAll()
        .where('display_id', '=', place.conversation_id as number),
    );
    return row as { id: number; contact_id: number };
  };

  async function useAll(): Promise<void> {
    const ears = [
      await connected.connectContact(customer),
      await connected.connectAgent(connected.fixture.member),
    ];
    await actAsCustomer();
    await actAsAgents();
    await readLedger();
    await readContacts();
    await readLists();
    await readReports();
    await resume();
    await workInBackground();
    await Promise.all(ears.map(({ cable }) => cable.close()));
  }

  /** By time alone, as a client that has heard nothing, and by position, as a session that comes back. */
  async function resume(): Promise<void> {
    const { account_id, member } = connected.fixture;
    const identifier = agentIdentifier(member, account_id);
    const since = Math.floor(Date.now() / 1000) - 60;
    const isAnswer = ({ type }: Frame) => type === 'confirm_history' || type === 'reject_history';
    const subscribe = { command: 'subscribe', identifier, history: { since } };
    const first = openRaw(server.url, { protocol: ext, first: [subscribe] });
    const { sid } = await first.until(({ type }) => type === 'welcome');
    const { streams } = await first.until(isAnswer);
    await first.close();
    const second = openRaw(server.url, { protocol: ext, query: `?sid=${sid}` });
    await second.until(({ type }) => type === 'welcome');
    second.send({ command: 'history', identifier, history: { since, streams } });
    await second.until(isAnswer);
    await second.close();
  }

  async function actAsCustomer(): Promise<void> {
    const { callClient, createContact, createConversation, fixture } = connected;
    const { place } = customer;
    const base = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts/${place.contact_identifier}`;
    // What shows a customer a conversation shows all its messages (client-api.md section 4): of a short one.
    const other = await createContact({ email: 'new@fill.test', name: 'New' });
    await createConversation(other, {});
    await callClient('listConversations', other.place);
    await callClient('getConversation', other.place);
    await callClient('toggleStatus', other.place);
    await callClient('getContact', place);
    await callClient('updateContact', place, { name: 'Ann' });
    await callClient('listMessages', place);
    await callClient('toggleTyping', place, { typing_status: 'on' });
    for (const content of ['one', 'one']) await callClient('postMessage', place, { content, echo_id: 'e1' });
    const form = new FormData();
    form.append('content', 'a file');
    form.append('attachments[]', new Blob(['text'], { type: 'text/plain' }), 'a.txt');
    await done(`${base}/conversations/${place.conversation_id}/messages`, { method: 'POST', body: form });
    for (let i = 0; i < 2; i++)
      await done(`${base}/conversations/${place.conversation_id}/messages`, {
        method: 'POST',
        body: JSON.stringify({ content: 'with a key' }),
        headers: { 'content-type': 'application/json', 'idempotency-key': 'a-key-that-is-hard-to-guess' },
      });
    await done(`${base}/events`);
    await callClient('updateLastSeen', place);
  }

  const done = async (url: string, init: RequestInit = {}) => {
    const answer = await fetch(url, init);
    expect([url, answer.status]).toEqual([url, 200]);
    return answer.json();
  };
  const read = (path: string, as = connected.fixture.member) =>
    done(`${server.url}/api/v1/accounts/${connected.fixture.account_id}${path}`, {
      headers: { api_access_token: as.access_token },
    });

  async function actAsAgents(): Promise<void> {
    const { fixture, callAgent, postReply, postMessage } = connected;
    const { member, administrator } = fixture;
    const at = { conversation_id: customer.place.conversation_id as number };
    await done(`${server.url}/auth/sign_in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: member.email, password }),
    });
    await callAgent(member, 'agentToggleStatus', at, { status: 'open' });
    await callAgent(administrator, 'agentAssignConversation', at, { assignee_id: member.id });
    await callAgent(administrator, 'agentAddParticipants', at, { user_ids: [administrator.id] });
    await postMessage(customer, 'Is somebody there?');
    await postReply(customer, { content: 'Yes' });
    await postReply(customer, { content: 'A note', private: true });
    await postReply(
      customer,
      { content: `[@Mo](mention://user/${member.id}/Mo)`, private: true },
      administrator,
    );
    await callAgent(member, 'agentSetConversationLabels', at, { labels: ['vip', 'new'] });
    await callAgent(member, 'agentTogglePriority', at, { priority: 'high' });
    await callAgent(member, 'agentUpdateLastSeen', at);
    await callAgent(member, 'agentMarkUnread', at);
    await callAgent(member, 'agentToggleTyping', at, { typing_status: 'on' });
    for (const status of ['snoozed', 'pending', 'resolved', 'open'])
      await callAgent(member, 'agentToggleStatus', at, { status });
    await callAgent(
      member,
      'agentReadAllNotifications',
      {},
      {
        primary_actor_type: 'Conversation',
        primary_actor_id: row.id,
      },
    );
    for (const path of [
      ...['me', 'unassigned', 'all'].map((assignee_type) => `/conversations?assignee_type=${assignee_type}`),
      '/conversations?status=resolved',
      '/conversations/meta',
      `/conversations/${at.conversation_id}`,
      `/conversations/${at.conversation_id}/messages`,
      `/conversations/${at.conversation_id}/participants`,
      '/notifications',
      '/notifications?includes[]=read',
      '/notifications/unread_count',
      '/events',
    ])
      await read(path);
  }

  async function readLedger(): Promise<void> {
    const { administrator } = connected.fixture;
    const path = '/webhook_deliveries';
    const dead = 'endpoint=webhook:2';
    type Page = { payload: { id: number; status: string }[] };
    for (const query of [
      '',
      '?status=failed',
      '?status=delivered',
      `?${dead}`,
      `?${dead}&status=failed`,
      '?message_id=7',
    ])
      await read(`${path}${query}`, administrator);
    const { payload } = (await read(`${path}?status=delivered`, administrator)) as Page;
    const { callAgent } = connected;
    await callAgent(administrator, 'agentReplayWebhookDelivery', { id: (payload[0] as { id: number }).id });
    await read('/webhook_endpoints', administrator);
    const since = Math.floor(Date.now() / 1000) - 60;
    await callAgent(administrator, 'agentReplayWebhookDeliveries', {}, { endpoint: 'webhook:1', since });
  }

  /** Lists, searches and filters whose conditions are tested on rows, each bounded in what it reads. */
  async function readLists(): Promise<void> {
    const { account_id, member } = connected.fixture;
    const filter = (path: string, body: object) =>
      done(`${server.url}/api/v1/accounts/${account_id}${path}/filter`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', api_access_token: member.access_token },
      });
    const sentences = ['text', 'customer 77', 'nobodysaysthis'];
    for (const q of sentences.map(encodeURIComponent))
      for (const path of ['/search', '/conversations/search', '/conversations/meta', '/contacts/search'])
        await read(`${path}?q=${q}`);
    for (const query of ['labels[]=vip', 'labels[]=new', 'conversation_type=mention', 'source_id=s7'])
      for (const path of ['/conversations', '/conversations/meta']) await read(`${path}?status=all&${query}`);
    await read('/contacts?labels[]=vip');
    await read(`/contacts/${row.contact_id}`);
    await read(`/contacts/${row.contact_id}/contactable_inboxes`);
    await read(`/contacts/${row.contact_id}/conversations`);
    const condition = (attribute_key: string, filter_operator: string, ...values: unknown[]) => ({
      payload: [{ attribute_key, filter_operator, values }],
    });
    for (const body of [
      condition('labels', 'equal_to', 'vip'),
      condition('labels', 'equal_to', 'new'),
      condition('priority', 'equal_to', 'high'),
      condition('team_id', 'equal_to', 3),
      condition('assignee_id', 'equal_to', member.id),
      condition('contact_id', 'equal_to', row.contact_id),
      condition('display_id', 'equal_to', 100_007),
      condition('created_at', 'is_greater_than', '2100-01-01'),
      condition('last_activity_at', 'days_before', 3000),
      condition('referer', 'contains', 'nothing'),
    ])
      await filter('/conversations', body);
    for (const body of [
      condition('name', 'contains', 'customer 77'),
      condition('email', 'equal_to', 'c7@fill.test'),
      condition('city', 'equal_to', 'city 7'),
      condition('labels', 'equal_to', 'vip'),
      condition('last_activity_at', 'is_less_than', '2000-01-01'),
    ])
      await filter('/contacts', body);
  }

  /** Pages alone: the list's answer also counts, which reads all contacts of the account. */
  async function readContacts(): Promise<void> {
    const test = sql<boolean>`1 = 1`;
    for (const sort of ['name', '-name', 'city', '-city', 'company', '-company', 'country']) {
      const place = { list: 'contacts', test, sort };
      const first = await listContactRows(server.app.db, connected.fixture.account_id, place);
      const cursor = first.next_cursor ?? undefined;
      await listContactRows(server.app.db, connected.fixture.account_id, { ...place, cursor });
    }
  }

  /** Of a week: a report reads as many rows as it covers slots of time. */
  async function readReports(): Promise<void> {
    const { account_id, administrator, inbox, member } = connected.fixture;
    const { callAgent } = connected;
    const team = await callAgent<{ id: number }>(administrator, 'agentCreateTeam', {}, { name: 'crew' });
    const label = await callAgent<{ id: number }>(administrator, 'agentCreateLabel', {}, { title: 'vip' });
    const until = Math.ceil(Date.now() / 1000);
    const span = `since=${until - 7 * 86_400}&until=${until}`;
    const ask = (path: string) =>
      done(`${server.url}/api/v2/accounts/${account_id}/${path}`, {
        headers: { api_access_token: administrator.access_token },
      });
    for (const [type, id] of [
      ['account', 0],
      ['inbox', inbox.id],
      ['agent', member.id],
      ['team', team.id],
      ['label', label.id],
    ])
      for (const path of ['reports/summary?', 'reports?metric=reply_time&timezone=Asia/Kolkata&'])
        await ask(`${path}type=${type}&id=${id}&${span}`);
    for (const path of ['reports/conversations?type=account', 'reports/conversations?type=agent'])
      await ask(path);
    await ask(`live_reports/conversation_metrics?team_id=${team.id}`);
    for (const filter of [
      '',
      `?inbox_id=${inbox.id}`,
      `?user_ids[]=${member.id}`,
      `?team_id=${team.id}&${span}`,
    ])
      await read(`/csat_survey_responses/metrics${filter}`, administrator);
    // Triggers read the records of a conversation that gets another team or label, or is deleted.
    const records = sql`select * from report_records where conversation_id = ${row.id - 1}`;
    await server.app.db.write((tx) => tx.all(records));
  }

  async function workInBackground(): Promise<void> {
    const { app } = server;
    const now = app.now();
    await (await fetch(`${server.url}/metrics`)).text();
    await pruneLog(app.db, { age: 30 * hour, events: filledRows - 500 }, now);
    await packLog(app.db, now);
    await packDeliveries(app.db, now);
    await pruneStoredResponses(app.db, now);
    await pruneDeliveries(app.db, { age: 27 * hour, events: filledRows }, now);
    await addUpConversationCounts(app.db);
    await addUpContactCounts(app.db);
    await unsnoozeDue(app);
    await unsnoozeNotifications(app);
    await resolveIdle(app);
    await openSweep(app)();
    // The server indexes too; of two that write the same block at once, one fails.
    await vi.waitFor(() => openSearchIndex(app.db, { now: app.now }).indexNextBlock(), { timeout: 60_000 });
    await fetchAvatars(app);
    await app.mail.sendDue();
  }

  const faults = async (allowed: readonly Exception[]): Promise<PlanFault[]> => {
    const statements = [...executed.values()].flat();
    const found =
      engine === 'sqlite'
        ? sqliteFaults(join(server.config.data, 'hoory.sqlite'), statements, growing)
        : await postgresFaults(server.config.databaseUrl as string, statements, growing);
    const seen = new Set<string>();
    return found.filter(({ fault, text }) => {
      const isNew = !seen.has(`${fault} ${text}`);
      seen.add(`${fault} ${text}`);
      return isNew && !allowed.some(({ part }) => text.includes(part));
    });
  };

  it('find their rows by an index when the planner knows nothing', async () => {
    if (engine === 'postgres')
      await administer(`delete from pg_statistic where starelid in (${relations()});
        update pg_class set reltuples = -1, relpages = 0 where oid in (${relations()})`);
    expect(executed.size).toBeGreaterThan(100);
    expect(await faults([...exceptions, ...exceptionsWithoutStatistics])).toEqual([]);
  }, 60_000);

  it('find their rows by an index when the planner knows the tables', async () => {
    await administer('analyze');
    expect(await faults(exceptions)).toEqual([]);
  }, 60_000);

  it('are reported when their index is missing', async () => {
    await administer('drop index webhook_deliveries_queued');
    const found = await faults(exceptions);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ text }) => !text.includes('webhook_deliveries'))).toEqual([]);
  }, 60_000);

  const relations = () => growingTables.map((table) => `'${table}'::regclass`).join();

  async function administer(text: string): Promise<void> {
    if (engine === 'sqlite') {
      const { default: Database } = await import('better-sqlite3');
      const db = new Database(join(server.config.data, 'hoory.sqlite'));
      db.exec(text);
      db.close();
      return;
    }
    const client = new pg.Client({ connectionString: server.config.databaseUrl });
    await client.connect();
    await client.query(text).finally(() => client.end());
  }
});

interface Exception {
  /** Of the statement's text. */
  part: string;
  reason: string;
}

/** Statements that may read more, each with its reason. */
const exceptions: readonly Exception[] = [
  { part: 'where folded_texts is null', reason: 'reads an index that holds only what is left to fold' },
  { part: 'select max(id) as last from', reason: 'reads the end of the primary key' },
  {
    part: 'from "sign_ins" where "user_id" = $1 order by "id"',
    reason:
      'a user keeps 25 sign-ins; here one other user holds all of them, and the planner expects as many of each',
  },
  {
    part: 'as "pending" from "webhook_endpoints"',
    reason: 'counts up to 10 000, for administrators who look',
  },
  {
    part: `and status in ('open', 'resolved', 'pending', 'snoozed') and "conversations"."priority"`,
    reason: 'reads the index of the conversations that have a priority',
  },
  {
    part: 'from report_records as source',
    reason: 'reads the records of a quarter of an hour, at an edge of the span of a report',
  },
  {
    part: 'sum(last_offset - pruned_offset)',
    reason: 'adds up all streams once a minute, apart from the writes',
  },
  { part: '"claim" > ', reason: 'claims are as many as one process has requests open' },
];

const exceptionsWithoutStatistics: readonly Exception[] = [
  {
    part: 'as due) as count',
    reason: 'PostgreSQL sorts the due deliveries of an endpoint until db/analyzer.ts has looked',
  },
  {
    part: 'select earlier.id from messages',
    reason: 'PostgreSQL takes the index of public messages for a small one until db/analyzer.ts has looked',
  },
  {
    part: 'from report_records where conversation_id',
    reason: 'PostgreSQL takes the index of public messages for a small one until db/analyzer.ts has looked',
  },
  { part: 'where id >= $1 and id < $2', reason: 'a block of the search index holds 4096 ids' },
  {
    part: 'order by "activity_step" desc',
    reason:
      'PostgreSQL sorts lists of conversations whole until db/analyzer.ts has looked, two seconds later',
  },
  {
    part: 'walked as materialized',
    reason: 'PostgreSQL sorts all rows of an account until db/analyzer.ts has looked',
  },
  {
    part: 'order by "display_id"',
    reason: 'PostgreSQL sorts all rows of an account until db/analyzer.ts has looked',
  },
  {
    part: 'from "contacts" where account_id = $1 order by "id"',
    reason: 'PostgreSQL sorts all rows of an account until db/analyzer.ts has looked',
  },
  {
    part: 'from webhook_deliveries where account_id = $1 and status = $2',
    reason: 'PostgreSQL sorts the deliveries of a status until db/analyzer.ts has looked',
  },
  {
    part: 'search_text is not null order by id limit',
    reason: 'the index of the search is filled behind the batches, from blocks of 4096 ids',
  },
];
