import { agentApi as api, clientApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../test/fixtures/call.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { Tables } from '../db/tables.ts';
import type { DomainEvent } from '../events/domain-events.ts';

const secret = 'Marguerite';

describe.each(engines)('erasing a contact on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    own = await createTestAccount(server.app);
    account_id = own.account.id;
  });
  afterAll(() => server.stop());

  async function write(name: string) {
    const as = callerOf(server.url, '');
    const at = { inbox_identifier: own.inbox.identifier };
    const session = await as(clientApi.createContact, { ...at, name, email: `${name}@mail.test` });
    const place = { ...at, contact_identifier: session.source_id };
    const { id: conversation_id } = await as(clientApi.createConversation, place);
    const form = new FormData();
    form.append('content', `${name} writes`);
    form.append('attachments[]', new Blob([name]), `${name}.txt`);
    const base = `${server.url}/public/api/v1/inboxes/${own.inbox.identifier}/contacts/${session.source_id}`;
    const sent = await fetch(`${base}/conversations/${conversation_id}/messages`, {
      method: 'POST',
      headers: { 'idempotency-key': `key-of-${name}-0123456789` },
      body: form,
    });
    const message = (await sent.json()) as { attachments: { data_url: string }[] };
    const on = { account_id, conversation_id };
    await own.as.administrator(api.agentAssignConversation, { ...on, assignee_id: own.agent.id });
    await own.as.agent(api.agentPostMessage, { ...on, content: `Hello ${name}` });
    await own.as.agent(api.agentCreateNote, { account_id, contact_id: session.id, content: `${name}!` });
    await own.as.agent(api.agentSetContactLabels, { account_id, id: session.id, labels: [name] });
    return { id: session.id, base, conversation_id, file: message.attachments[0]?.data_url as string };
  }

  /** Every row of every table, as text. */
  async function everything(): Promise<string> {
    const { q, all } = server.app.db;
    const tables: (keyof Tables)[] = [
      'contacts',
      'contact_inboxes',
      'contact_labels',
      'conversations',
      'messages',
      'attachments',
      'notes',
      'events',
      'receipts',
      'webhook_deliveries',
      'notifications',
      'report_events',
    ];
    const rows: unknown[] = [];
    for (const table of tables) rows.push(await all(q.selectFrom(table).selectAll()));
    return JSON.stringify(rows);
  }

  const erase = (id: number) => own.as.administrator.raw(api.agentDeleteContact, { account_id, id });

  it('leaves nothing of the contact, also in the log, and changes no other contact', async () => {
    await own.as.administrator(api.agentCreateWebhook, { account_id, url: 'https://hooks.shop.test/in' });
    const other = await write('Otto');
    const gone = await write(secret);
    const notified: DomainEvent[] = [];
    server.app.listeners.add({ handle: async (_tx, events) => void notified.push(...events) });
    const count = async () => (await readEvents(server.app, `inbox:${own.inbox.id}`)).length;
    const before = await count();
    expect(await everything()).toContain(secret);
    expect(await erase(gone.id)).toEqual({ status: 200, body: undefined });
    const left = await everything();
    expect(left).not.toContain(secret);
    expect(left).toContain('Otto writes');
    expect(await count()).toBeGreaterThanOrEqual(before);
    expect(notified).toContainEqual({
      event: 'contact_deleted',
      account_id,
      detail: { contact_id: gone.id },
    });
    expect((await own.as.agent.raw(api.agentGetContact, { account_id, id: gone.id })).status).toBe(404);
    expect((await fetch(gone.base)).status).toBe(404);
    await expect.poll(async () => (await fetch(gone.file)).status).toBe(404);
    expect((await fetch(other.file)).status).toBe(200);
    const conversation = { account_id, conversation_id: other.conversation_id };
    expect((await own.as.agent.raw(api.agentGetConversation, conversation)).status).toBe(200);
  });

  it('emits an event with ids, and replaces earlier events by it', async () => {
    const { id } = await write('Tell');
    await erase(id);
    const told = await readEvents(server.app, `account:${account_id}`);
    const about = told.filter(({ data }) => data.id === id);
    expect(about.length).toBeGreaterThan(1);
    for (const { event, data } of about)
      expect([event, data]).toEqual(['contact.deleted', { id, account_id }]);
  });

  it('is refused while the contact is online', async () => {
    const { id } = await write('Here');
    server.app.presence.enter(account_id, 'contact', id);
    expect(await erase(id)).toMatchObject({ status: 422, body: { message: expect.any(String) } });
    expect((await own.as.agent.raw(api.agentGetContact, { account_id, id })).status).toBe(200);
  });

  it('erases many at once for administrators, and skips contacts who are online or of another account', async () => {
    const [gone, here] = [await write('Gone'), await write('Here')];
    server.app.presence.enter(account_id, 'contact', here.id);
    const body = { account_id, type: 'Contact', ids: [gone.id, here.id, 999_999], action_name: 'delete' };
    const shown = async (id: number) =>
      (await own.as.administrator.raw(api.agentGetContact, { account_id, id })).status;
    expect((await own.as.agent.raw(api.agentBulkAction, body)).status).toBe(401);
    expect(await shown(gone.id)).toBe(200);
    expect((await own.as.administrator.raw(api.agentBulkAction, body)).status).toBe(200);
    expect([await shown(gone.id), await shown(here.id)]).toEqual([404, 200]);
    const unknown = await own.as.administrator.raw(api.agentBulkAction, { ...body, action_name: 'hide' });
    expect(unknown.status).toBe(422);
  });

  it('is for administrators of the account', async () => {
    const { id } = await write('Safe');
    const foreign = await createTestAccount(server.app);
    expect((await own.as.agent.raw(api.agentDeleteContact, { account_id, id })).status).toBe(401);
    const abroad = { account_id: foreign.account.id, id };
    expect((await foreign.as.administrator.raw(api.agentDeleteContact, abroad)).status).toBe(404);
  });
});
