/** A server with one account and one API inbox, and a customer's calls to it, checked strictly by the contract. */
import { type ContactSession, type Conversation, clientApi, type Message } from '@hoory/contract';
import { expect } from 'vitest';
import { insertAccount } from '../../src/accounts/store.ts';
import type { ContactInboxRow, ContactRow, InboxRow } from '../../src/db/tables.ts';
import { addInbox } from '../../src/inboxes/inboxes.ts';
import { hmacHex } from '../../src/secrets.ts';
import { type Answer, type Call, call } from '../office.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../server.ts';

type Place = Record<string, string | number>;

export interface Shop extends TestServer {
  account_id: number;
  /** As it was opened; `change` changes it. */
  inbox: InboxRow;
  /** `/public/api/v1/inboxes/<identifier>` with the server's address before it. */
  door: string;
  /** Calls an operation of the Client API; a completed one must answer exactly what the contract states. */
  ask<Body = Record<string, unknown>>(
    operation: keyof typeof clientApi,
    place?: Place,
    call?: Omit<Call, 'params'>,
  ): Promise<Answer<Body>>;
  /** A new session; its place is where its other calls go. */
  enter(body?: object): Promise<ContactSession & { place: Place }>;
  /** A new session with a conversation. */
  talk(body?: object): Promise<{ session: ContactSession; place: Place; conversation: Conversation }>;
  post(place: Place, body: object, headers?: Record<string, string>): Promise<Answer<Message>>;
  change(columns: Partial<InboxRow>): Promise<void>;
  /** An identifier with its hash under the inbox's first token. */
  prove(identifier: string): { identifier: string; identifier_hash: string };
  contacts(): Promise<ContactRow[]>;
  sessions(): Promise<ContactInboxRow[]>;
}

export async function openShop(
  options: TestServerOptions & { inbox?: Partial<InboxRow> } = {},
): Promise<Shop> {
  const server = await startTestServer(options);
  const { app, url } = server;
  const { account_id, inbox } = await app.db.write(async (tx) => {
    const account = await insertAccount(app, tx, 'Acme');
    return { account_id: account.id, inbox: await addInbox(app, tx, account.id, { name: 'Shop' }) };
  });
  const change = async (columns: Partial<InboxRow>) => {
    await app.db.run(app.db.q.updateTable('inboxes').set(columns).where('id', '=', inbox.id));
  };
  if (options.inbox) await change(options.inbox);
  const ask: Shop['ask'] = (operation, place = {}, given = {}) =>
    call(server, clientApi[operation], {
      params: { inbox_identifier: inbox.identifier, ...place },
      ...given,
    });
  const enter: Shop['enter'] = async (body = {}) => {
    const answer = await ask<ContactSession>('createContact', {}, { body });
    expect(answer).toMatchObject({ status: 200 });
    return { ...answer.body, place: { contact_identifier: encodeURIComponent(answer.body.source_id) } };
  };
  const shop: Shop = {
    ...server,
    account_id,
    inbox,
    door: `${url}/public/api/v1/inboxes/${inbox.identifier}`,
    ask,
    enter,
    talk: async (body) => {
      const session = await enter(body);
      const { body: conversation } = await ask<Conversation>('createConversation', session.place);
      return { session, place: { ...session.place, conversation_id: conversation.id }, conversation };
    },
    post: (place, body, headers) => ask('postMessage', place, { body, ...(headers && { headers }) }),
    change,
    prove: (identifier) => ({ identifier, identifier_hash: hmacHex(inbox.hmac_token, identifier) }),
    contacts: () => app.db.all(app.db.q.selectFrom('contacts').selectAll().orderBy('id')),
    sessions: () => app.db.all(app.db.q.selectFrom('contact_inboxes').selectAll().orderBy('id')),
  };
  return shop;
}
