/** The data of a measurement: an account, an inbox, conversations to post to, sessions to subscribe with. */
import type { MessageCreated } from '@hoory/contract';
import type { App } from '../app.ts';
import { newPassword } from '../auth/password.ts';
import { insertContact, insertSession } from '../contacts/store.ts';
import { newUuid } from '../secrets.ts';
import { type SetUp, setUp } from '../setup.ts';
import { readObject } from '../stored-json.ts';

/** Makes an account with an inbox. */
export const openShop = (app: App): Promise<SetUp> =>
  setUp(app, { account: 'Bench', email: 'bench@example.test', password: newPassword(), inbox: 'Bench' });

/** Paths to post to, one conversation each. */
export async function conversationPaths(app: App, count: number, shop?: SetUp): Promise<string[]> {
  const { inbox } = shop ?? (await openShop(app));
  const base = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { source_id } = await post(app, base);
      const { id } = await post(app, `${base}/${source_id}/conversations`);
      return `${base}/${source_id}/conversations/${id}/messages`;
    }),
  );
}

async function post(app: App, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(app.url() + path, { method: 'POST' });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}`);
  return readObject(await response.text());
}

/** Cable identifiers of `count` customers, each with a session of its own. */
export function customerIdentifiers(
  app: App,
  count: number,
  place: Pick<SetUp, 'account_id' | 'inbox'>,
): Promise<string[]> {
  const customers = Array.from({ length: count }, (_, i) => ({
    name: `Customer ${i}`,
    source_id: newUuid(),
  }));
  return addCustomers(app, place, customers);
}

/** Adds a customer with a session each. @returns their cable identifiers */
export function addCustomers(
  app: App,
  { account_id, inbox }: Pick<SetUp, 'account_id' | 'inbox'>,
  customers: readonly { name: string; source_id: string }[],
): Promise<string[]> {
  return app.db.write(async (tx) => {
    const identifiers: string[] = [];
    for (const { name, source_id } of customers) {
      const { id: contact_id } = await insertContact(app, tx, { account_id, name });
      const session = { account_id, contact_id, inbox_id: inbox.id, source_id };
      const { pubsub_token } = await insertSession(app, tx, session);
      identifiers.push(JSON.stringify({ channel: 'RoomChannel', pubsub_token }));
    }
    return identifiers;
  });
}

/** Cable identifiers of one agent's clients. Their texts differ, like those of different agents. */
export const agentIdentifiers = (count: number, { account_id, user }: Omit<SetUp, 'inbox'>): string[] =>
  Array.from({ length: count }, (_, client) =>
    JSON.stringify({
      channel: 'RoomChannel',
      pubsub_token: user.pubsub_token,
      account_id,
      user_id: user.id,
      client,
    }),
  );

/** A message as agents get it. */
export const sampleMessage: MessageCreated = {
  id: 1,
  account_id: 1,
  inbox_id: 1,
  conversation_id: 1,
  content: 'Hello, where is my order?',
  message_type: 0,
  content_type: 'text',
  status: 'sent',
  private: false,
  created_at: 1_741_064_767,
  updated_at: '2025-03-04T05:06:07.890Z',
  source_id: null,
  content_attributes: {},
  additional_attributes: {},
  external_source_ids: {},
  processed_message_content: 'Hello, where is my order?',
  sentiment: {},
  sender_type: 'Contact',
  sender_id: 1,
  conversation: {
    assignee_id: null,
    unread_count: 1,
    last_activity_at: 1_741_064_767,
    contact_inbox: { source_id: '0b6f0f1e-6a57-4a0b-9d0a-2f6f5f1f2a11' },
  },
  sender: {
    additional_attributes: {},
    custom_attributes: {},
    email: null,
    id: 1,
    identifier: null,
    name: 'quiet-river-204',
    phone_number: null,
    thumbnail: '',
    blocked: false,
    type: 'contact',
  },
};
