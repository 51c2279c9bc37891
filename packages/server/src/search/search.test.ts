import {
  agentApi,
  type FoundContact,
  type FoundConversation,
  type SayingConversation,
} from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../test/fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';

interface Found {
  payload: {
    conversations: FoundConversation[];
    contacts: FoundContact[];
    messages: { id: number; content: string; conversation_id: number }[];
  };
}

describe.each(engines)('search on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(server, fixture)(...given);
  const get = async <Body>(
    path: string,
    q: string,
    { as = fixture.member, page = 1 }: { as?: UserRow; page?: number } = {},
  ) => {
    const query = new URLSearchParams({ q, page: String(page) });
    const answer = await fetch(`${server.url}/api/v1/accounts/${fixture.account_id}${path}?${query}`, {
      headers: { api_access_token: as.access_token },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Body;
  };
  const said = async (q: string, options?: { as?: UserRow; page?: number }) =>
    (await get<Found>('/search/messages', q, options)).payload.messages.map(({ content }) => content);
  const createContact = async (body: object) => {
    const { body: made } = await call<{ payload: { contact: { id: number } } }>(
      server,
      agentApi.agentCreateContact,
      { as: fixture.member, body, params: { account_id: fixture.account_id } },
    );
    return made.payload.contact.id;
  };

  it('finds messages by parts of their words, in any script and case', async () => {
    const { id } = await createConversation(server, fixture, 'Where is my Bicycle pump?');
    await createConversation(server, fixture, 'Мой заказ не пришёл');
    await createConversation(server, fixture, '注文はどこですか');
    expect(await said('bicyc PUMP')).toEqual(['Where is my Bicycle pump?']);
    expect(await said('bicycle lamp')).toEqual([]);
    expect(await said('icycle')).toEqual(['Where is my Bicycle pump?']);
    expect(await said('заказ')).toEqual(['Мой заказ не пришёл']);
    expect(await said('注文')).toEqual(['注文はどこですか']);
    expect(await said(' "*( OR -')).toEqual([]);
    expect(await said("o'reilly & | ! <-> :*")).toEqual([]);
    const { payload } = await get<Found>('/search', 'pump');
    expect(payload.messages).toMatchObject([{ conversation_id: id }]);
  });

  it('finds notes and answers, no activities, and only in the caller’s inboxes', async () => {
    const { id } = await createConversation(server, fixture, 'Zebra question');
    await ask('agentPostMessage', id, { body: { content: 'Zebra answer' } });
    await ask('agentPostMessage', id, { body: { content: 'Zebra note', private: true } });
    await ask('agentPostMessage', id, { body: { content: 'Zebra activity', message_type: 'activity' } });
    expect(await said('zebra')).toEqual(['Zebra note', 'Zebra answer', 'Zebra question']);
    expect(await said('zebra', { as: fixture.administrator })).toHaveLength(3);
    expect(await said('zebra', { as: fixture.outsider })).toEqual([]);
    const path = `/api/v1/accounts/${fixture.foreign.account_id}/search/messages?q=zebra`;
    const answer = await fetch(server.url + path, {
      headers: { api_access_token: fixture.foreigner.access_token },
    });
    expect(((await answer.json()) as Found).payload.messages).toEqual([]);
  });

  it('does not find text that was deleted or changed', async () => {
    const { id } = await createConversation(server, fixture, 'Hello');
    const { body } = await ask<{ id: number }>('agentPostMessage', id, { body: { content: 'Okapi' } });
    await ask('agentUpdateMessage', id, {
      message_id: body.id,
      body: { status: 'failed', external_error: 'x' },
    });
    expect(await said('okapi')).toEqual(['Okapi']);
    await ask('agentDeleteMessage', id, { message_id: body.id });
    expect(await said('okapi')).toEqual([]);
    expect(await said('message was deleted')).toEqual([]);
    const gone = await createConversation(server, fixture, 'Quagga');
    expect(await said('quagga')).toEqual(['Quagga']);
    await ask('agentDeleteConversation', gone.id, { as: fixture.administrator });
    expect(await said('quagga')).toEqual([]);
  });

  it('does not find text that was deleted or changed before the first search', async () => {
    const { id } = await createConversation(server, fixture, 'Kiwi');
    const { body } = await ask<{ id: number }>('agentPostMessage', id, { body: { content: 'Kiwi egg' } });
    await ask('agentDeleteMessage', id, { message_id: body.id });
    const gone = await createConversation(server, fixture, 'Kiwi nest');
    await ask('agentDeleteConversation', gone.id, { as: fixture.administrator });
    expect(await said('kiwi')).toEqual(['Kiwi']);
    await ask('agentDeleteConversation', id, { as: fixture.administrator });
    expect(await said('kiwi')).toEqual([]);
  });

  it('lists 15 results a page, newest first', async () => {
    const { postMessage } = await createConversation(server, fixture, 'Tapir 0');
    for (let number = 1; number <= 16; number++) await postMessage(`Tapir ${number}`);
    const first = await said('tapir');
    expect([first.length, first[0], first[14]]).toEqual([15, 'Tapir 16', 'Tapir 2']);
    expect(await said('tapir', { page: 2 })).toEqual(['Tapir 1', 'Tapir 0']);
  });

  it('finds contacts by their current name, e-mail, phone number and identifier', async () => {
    const id = await createContact({
      name: 'Wilhelmina Ost',
      email: 'mina.ost@mail.test',
      phone_number: '+4915112345678',
      identifier: 'crm-77',
    });
    const found = async (q: string) =>
      (await get<Found>('/search/contacts', q, { as: fixture.outsider })).payload.contacts.map(
        (one) => one.id,
      );
    for (const q of ['wilhel', 'ost mina', 'mina.ost@mail.test', '+4915112', 'crm-77'])
      expect(await found(q)).toEqual([id]);
    expect(await found('crm-78')).toEqual([]);
    await call(server, agentApi.agentUpdateContact, {
      as: fixture.member,
      body: { name: 'Ada Ost' },
      params: { account_id: fixture.account_id, id },
    });
    expect(await found('wilhel')).toEqual([]);
    expect(await found('ada ost')).toEqual([id]);
  });

  it('finds conversations by number and by their contact', async () => {
    const { id } = await createConversation(server, fixture, 'Number please');
    const byNumber = await get<Found>('/search/conversations', `#${id}`);
    expect(byNumber.payload.conversations).toContainEqual(
      expect.objectContaining({ id, message: expect.objectContaining({ content: 'Number please' }) }),
    );
    const byName = await get<Found>('/search/conversations', 'ann');
    expect(byName.payload.conversations[0]).toMatchObject({ id, contact: { name: 'Ann' } });
    const blind = await get<Found>('/search/conversations', 'ann', { as: fixture.outsider });
    expect(blind.payload.conversations).toEqual([]);
    expect((await get<Found>('/search', '')).payload.conversations).toEqual([]);
  });

  it('limits lists to conversations with a matching message', async () => {
    const { id, postMessage } = await createConversation(server, fixture, 'Axolotl one');
    await postMessage('axolotl two');
    await ask('agentToggleStatus', id, { body: { status: 'resolved' } });
    interface Searched {
      meta: { all_count: number };
      payload: SayingConversation[];
    }
    const { meta, payload } = await get<Searched>('/conversations/search', 'axolotl');
    expect(meta.all_count).toBe(1);
    expect(payload).toMatchObject([
      {
        id,
        contact: { name: 'Ann' },
        messages: [{ content: 'axolotl two', sender_name: 'Ann' }, { content: 'Axolotl one' }],
      },
    ]);
    const listed = await get<{ data: { meta: { all_count: number }; payload: { id: number }[] } }>(
      '/conversations',
      'axolotl',
    );
    expect(listed.data.meta.all_count).toBe(1);
    expect(listed.data.payload.map((one) => one.id)).toEqual([id]);
  });

  it('conforms to the contract on every path', async () => {
    const names = [
      'agentSearchAll',
      'agentSearchConversations',
      'agentFindContacts',
      'agentSearchMessages',
    ] as const;
    for (const name of [...names, 'agentSearchArticles', 'agentSearchInConversations'] as const) {
      const { path } = agentApi[name];
      const endpoint = { ...agentApi[name], path: `${path}?q=ann` };
      const { status } = await call(server, endpoint, {
        as: fixture.member,
        params: { account_id: fixture.account_id },
      });
      expect(status).toBe(200);
    }
  });
});
