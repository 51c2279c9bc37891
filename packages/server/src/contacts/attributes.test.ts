/** Attributes of contacts that are nested in other objects, and attributes after a merge. */
import {
  agentApi,
  clientApi,
  FREE_FORM,
  MAX_LABELS,
  MAX_NESTED_ATTRIBUTES,
  TRUNCATED,
} from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { callerOf } from '../../test/fixtures/call.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { readEvents } from '../../test/fixtures/recorded-events.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { hmacHex } from '../secrets.ts';

const sized = (bytes: number) => ({
  plan: 'gold',
  text: 'x'.repeat(bytes - '{"plan":"gold","text":""}'.length),
});
const cut = { plan: 'gold', [TRUNCATED]: true };
const keys = (count: number, name: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name} ${at}`, at]));

describe.each(engines)('attributes of contacts on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
    fixture = await createAccount(server);
    await ask('agentCreateWebhook', { url: 'http://127.0.0.1:9/' });
  });
  afterAll(() => server.stop());

  const ask = <Body = Record<string, unknown>>(
    name: keyof typeof agentApi,
    body?: object,
    params: object = {},
  ) =>
    call<Body>(server, agentApi[name], {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, ...params },
      body,
    });

  /** A contact of its own conversation, with these attributes. */
  async function someone(custom_attributes: object) {
    const customer = await createConversation(server, fixture, 'Hello');
    const found = { inbox_id: fixture.inbox.id, source_id: customer.source_id };
    const { id } = (await ask<{ id: number }>('agentFindContactBySession', found)).body;
    await ask('agentUpdateContact', { custom_attributes, additional_attributes: custom_attributes }, { id });
    return { ...customer, contact_id: id };
  }

  const payloads = async () => {
    const { db } = server.app;
    const rows = await db.all(
      db.q.selectFrom('webhook_deliveries').select(['event', 'payload']).orderBy('id'),
    );
    return rows.map(({ event, payload }) => ({ event, payload: JSON.parse(payload ?? '{}') }));
  };

  const shapes = (attributes: object) => ({
    custom_attributes: attributes,
    additional_attributes: attributes,
  });

  it.each([
    ['whole up to the figure', sized(MAX_NESTED_ATTRIBUTES), sized(MAX_NESTED_ATTRIBUTES)],
    ['cut and marked beyond it', sized(MAX_NESTED_ATTRIBUTES + 1), cut],
    ['cut and marked at the largest', sized(FREE_FORM.maxBytes), cut],
  ])('stand %s inside messages, conversations, lists and webhooks', async (_how, stored, shown) => {
    const { id: conversation_id, contact_id, postMessage, source_id } = await someone(stored);
    await ask('agentTogglePriority', { priority: 'high' }, { conversation_id });
    await postMessage('Anybody there?');
    const nested = expect.objectContaining(shapes(shown));
    const told = await readEvents(server.app, `inbox:${fixture.inbox.id}`);
    expect(told.findLast(({ event }) => event === 'message.created')?.data).toMatchObject({ sender: nested });
    expect(told.findLast(({ event }) => event === 'conversation.updated')?.data).toMatchObject({
      meta: { sender: nested },
    });
    const message = (await payloads()).findLast(({ event }) => event === 'message_created')?.payload;
    expect(message).toMatchObject({ sender: nested, conversation: { meta: { sender: nested } } });
    const { body: list } = await ask<{ data: { payload: { id: number }[] } }>('agentListConversations');
    expect(list.data.payload.find(({ id }) => id === conversation_id)).toMatchObject({
      meta: { sender: nested },
      messages: [{ sender: nested }],
    });
    const messages = await conversationCaller(server, fixture)<{ payload: object[] }>(
      'agentListMessages',
      conversation_id,
    );
    expect(messages.body).toMatchObject({ meta: { contact: nested } });
    const at = { inbox_identifier: fixture.inbox.identifier, contact_identifier: source_id };
    const conversation = await callerOf(server.url, '')(clientApi.getConversation, {
      ...at,
      conversation_id,
    });
    expect(conversation.contact).toMatchObject(shapes(shown));
    await ask('agentUpdateContact', { email: `${contact_id}@example.test` }, { id: contact_id });
    const { body: contacts } = await ask<{ payload: { id: number }[] }>('agentListContacts');
    expect(contacts.payload.find(({ id }) => id === contact_id)).toMatchObject(shapes(shown));
  });

  it('are complete in answers, events and webhooks about the contact itself', async () => {
    const stored = sized(FREE_FORM.maxBytes);
    const { contact_id: id, postMessage } = await someone(stored);
    const whole = shapes(stored);
    expect((await ask('agentGetContact', undefined, { id })).body).toMatchObject({ payload: whole });
    const told = await readEvents(server.app, `account:${fixture.account_id}`);
    expect(told.findLast(({ event }) => event === 'contact.updated')?.data).toMatchObject(whole);
    const sent = (await payloads()).findLast(({ event }) => event === 'contact_updated')?.payload;
    expect(sent).toMatchObject(whole);
    await postMessage('A message changes the last activity only');
    const later = await readEvents(server.app, `account:${fixture.account_id}`);
    expect(later.length).toBeGreaterThan(told.length);
    expect(later.at(-1)).toMatchObject({ event: 'contact.updated', data: shapes(cut) });
    expect((await payloads()).findLast(({ event }) => event === 'contact_updated')?.payload).toMatchObject(
      shapes(cut),
    );
  });

  describe('in a merge of two contacts', () => {
    const merge = (base: { contact_id: number }, mergee: { contact_id: number }) =>
      ask('agentMergeContacts', { base_contact_id: base.contact_id, mergee_contact_id: mergee.contact_id });
    const attributesOf = async ({ contact_id: id }: { contact_id: number }) =>
      (await ask<{ payload: { custom_attributes: object } }>('agentGetContact', undefined, { id })).body
        .payload.custom_attributes;

    it('are all kept if they fit, with priority for those of the base', async () => {
      const [base, mergee] = [await someone({ plan: 'gold' }), await someone({ plan: 'free', city: 'Riga' })];
      expect((await merge(base, mergee)).status).toBe(200);
      expect(await attributesOf(base)).toEqual({ plan: 'gold', city: 'Riga' });
    });

    it('refuse the merge of an agent if they exceed the bounds together', async () => {
      const [base, mergee] = [await someone(keys(150, 'base')), await someone(keys(150, 'other'))];
      expect(await merge(base, mergee)).toMatchObject({
        status: 422,
        body: { attributes: ['additional_attributes'] },
      });
      expect(await attributesOf(base)).toEqual(keys(150, 'base'));
      expect(await attributesOf(mergee)).toEqual(keys(150, 'other'));
    });

    it('never refuse the merge of a proof: attributes without room are dropped', async () => {
      const identifier = `customer-${engine}`;
      const [owner, visitor] = [await someone(keys(150, 'base')), await someone(keys(150, 'other'))];
      await ask('agentUpdateContact', { identifier }, { id: owner.contact_id });
      const labels = Array.from({ length: MAX_LABELS - 1 }, (_, at) => `own ${at}`);
      await ask('agentSetContactLabels', { labels }, { id: owner.contact_id });
      await ask('agentSetContactLabels', { labels: ['new 1', 'new 2'] }, { id: visitor.contact_id });
      const identifier_hash = hmacHex(fixture.inbox.hmac_token, identifier);
      const session = await callerOf(server.url, '')(clientApi.getContact, {
        inbox_identifier: fixture.inbox.identifier,
        contact_identifier: visitor.source_id,
        identifier,
        identifier_hash,
      });
      expect(session.id).toBe(owner.contact_id);
      expect(await attributesOf(owner)).toEqual({ ...keys(150, 'base'), ...keys(50, 'other') });
      const { body } = await ask<{ payload: string[] }>('agentListContactLabels', undefined, {
        id: owner.contact_id,
      });
      expect(body.payload.length).toBe(MAX_LABELS);
    });
  });

  it('of a message are bounded after an answer or an error is added', async () => {
    const { id, source_id } = await someone({});
    const asked = conversationCaller(server, fixture);
    const items = [{ title: 'Yes', value: 'yes' }];
    const content_attributes = { items, text: 'x'.repeat(FREE_FORM.maxBytes - 200) };
    const body = { content: 'Well?', content_type: 'input_select', content_attributes };
    const { body: message } = await asked<{ id: number }>('agentPostMessage', id, { body });
    const answer = (value: string) =>
      callerOf(server.url, '').raw(clientApi.updateMessage, {
        inbox_identifier: fixture.inbox.identifier,
        contact_identifier: source_id,
        conversation_id: id,
        message_id: message.id,
        submitted_values: [{ title: 'Yes', value }],
      });
    expect(await answer('y'.repeat(300))).toMatchObject({
      status: 422,
      body: { attributes: ['submitted_values'] },
    });
    const fail = (external_error: string) =>
      asked('agentUpdateMessage', id, { message_id: message.id, body: { status: 'failed', external_error } });
    expect(await fail('e'.repeat(300))).toMatchObject({
      status: 422,
      body: { attributes: ['external_error'] },
    });
    expect((await answer('yes')).status).toBe(200);
    expect(await fail('gone')).toMatchObject({
      status: 200,
      body: { content_attributes: { external_error: 'gone' } },
    });
  });
});
