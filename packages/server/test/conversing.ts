/** A customer of an office who writes, and calls to one conversation as one of the office's people. */
import { agentApi, clientApi } from '@hoory/contract';
import type { UserRow } from '../src/db/tables.ts';
import { callerOf } from './call.ts';
import { type Answer, call, type Office } from './office.ts';
import type { TestServer } from './server.ts';

export interface Conversing {
  /** Display id. */
  id: number;
  source_id: string;
  write(content: string): Promise<unknown>;
}

/** A new conversation of a new contact in the office's inbox, with one message. */
export async function converse(server: TestServer, office: Office, content = 'Hello'): Promise<Conversing> {
  const client = callerOf(server.url, '');
  const inbox_identifier = office.inbox.identifier;
  const { source_id } = await client(clientApi.createContact, { inbox_identifier, name: 'Ann' });
  const at = { inbox_identifier, contact_identifier: source_id };
  const { id } = await client(clientApi.createConversation, at);
  const write = (text: string) =>
    client(clientApi.postMessage, { ...at, conversation_id: id, content: text });
  await write(content);
  return { id, source_id, write };
}

export interface Asking {
  /** The member of the inbox unless said otherwise. */
  as?: Pick<UserRow, 'access_token'>;
  body?: unknown;
  message_id?: number;
}

/** Calls an endpoint of a conversation; what it answers is checked strictly. */
export const asker =
  (server: TestServer, office: Office) =>
  <Body = Record<string, unknown>>(
    name: keyof typeof agentApi,
    conversation_id: number,
    { body, as = office.member, message_id = 0 }: Asking = {},
  ): Promise<Answer<Body>> =>
    call<Body>(server, agentApi[name], {
      as,
      body,
      params: { account_id: office.account_id, conversation_id, message_id },
    });

/** What the inbox's agents were told, oldest first. */
export async function heardBy(
  server: TestServer,
  stream: string,
): Promise<{ event: string; data: object }[]> {
  const { db } = server.app;
  const rows = await db.all(
    db.q
      .selectFrom('stream_entries')
      .innerJoin('streams', 'streams.id', 'stream_entries.stream_id')
      .innerJoin('events', 'events.id', 'stream_entries.event_id')
      .select('events.payload')
      .where('streams.name', '=', stream)
      .orderBy('stream_entries.stream_offset'),
  );
  return rows.map(({ payload }) => JSON.parse(payload));
}
