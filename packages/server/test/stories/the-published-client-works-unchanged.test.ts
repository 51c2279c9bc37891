/** The npm package `@figuro/chatwoot-sdk`, made from the vendor's document, talks to this server as it is. */
import ChatwootClient, { ApiError } from '@figuro/chatwoot-sdk';
import type { ContactsApi } from '@figuro/chatwoot-sdk/dist/services/client/Contacts.js';
import type { ConversationsApi } from '@figuro/chatwoot-sdk/dist/services/client/Conversations.js';
import type { MessagesApi } from '@figuro/chatwoot-sdk/dist/services/client/Messages.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setUp } from '../../src/setup.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

const config = { with_credentials: false, credentials: 'omit' } as const;

/** Its types leave the public client empty; at run time it is there. */
interface PublicClient {
  contacts: ContactsApi;
  conversations: ConversationsApi;
  messages: MessagesApi;
}

describe.each(engines)('on %s', (engine) => {
  let server: TestServer;
  let token: string;
  let accountId: number;

  beforeEach(async () => {
    server = await startTestServer({ engine });
    const made = await setUp(server.app, {
      account: 'A',
      email: 'ana@shop.test',
      password: 'Passw0rd!',
      inbox: 'First',
    });
    token = made.user.access_token;
    accountId = made.account_id;
  });
  afterEach(() => server.stop());

  const customer = (end = '') =>
    new ChatwootClient({ config: { ...config, basePath: server.url + end } }).client as PublicClient;
  const account = (end = '') =>
    new ChatwootClient({ config: { ...config, basePath: server.url + end, token } });

  test.each(['', '/'])(
    'a customer writes, an agent lists, answers and resolves, at an address that ends in "%s"',
    async (end) => {
      const inbox = await account(end).inboxes.create({
        accountId,
        data: { name: 'App', channel: { type: 'api' } as never },
      });
      const inboxIdentifier = (inbox as unknown as { inbox_identifier: string }).inbox_identifier;

      const contact = await customer(end).contacts.create({ inboxIdentifier, data: { name: 'Ada' } });
      const contactIdentifier = contact.source_id as string;
      const started = await customer(end).conversations.create({ inboxIdentifier, contactIdentifier });
      const conversationId = started.id as unknown as number;
      const written = await customer(end).messages.create({
        inboxIdentifier,
        contactIdentifier,
        conversationId,
        data: { content: 'Where is my order?' },
      });
      expect(written.content).toBe('Where is my order?');

      const listed = await account(end).conversations.list({
        accountId,
        assigneeType: 'all' as never,
        status: 'open',
      });
      const [first] = (listed as unknown as { data: { payload: { id: number }[] } }).data.payload;
      expect(first?.id).toBe(conversationId);
      await account(end).messages.create({ accountId, conversationId, data: { content: 'On its way' } });
      const toggled = await account(end).conversations.toggleStatus({
        accountId,
        conversationId,
        data: { status: 'resolved' },
      });
      expect(toggled.payload?.current_status).toBe('resolved');

      const read = await customer(end).messages.list({ inboxIdentifier, contactIdentifier, conversationId });
      expect(read.map(({ content }) => content)).toEqual(['Where is my order?', 'On its way']);
      const updated = await customer(end).contacts.update({
        inboxIdentifier,
        contactIdentifier,
        data: { name: 'Ada L' },
      });
      expect((updated as unknown as { name: string }).name).toBe('Ada L');
    },
  );

  test('errors arrive as its ApiError with our status and body', async () => {
    const missing = customer().contacts.get({ inboxIdentifier: 'no', contactIdentifier: 'no' });
    await expect(missing).rejects.toBeInstanceOf(ApiError);
    await expect(missing).rejects.toMatchObject({ status: 404, body: { status: 404, error: 'Not Found' } });
    const stranger = new ChatwootClient({ config: { ...config, basePath: server.url, token: 'wrong' } });
    await expect(stranger.conversations.list({ accountId })).rejects.toMatchObject({
      status: 401,
      body: { error: 'Invalid Access Token' },
    });
  });
});
