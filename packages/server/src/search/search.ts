/** Search of agents (application-api.md section 6.15): what they may see, of any age. */
import type { AgentMessage, agentSearch, FoundContact, FoundConversation, Input } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { listMembers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { loadConversations, loadSurroundings } from '../conversations/store.ts';
import type { Surroundings } from '../conversations/wire.ts';
import { isAnyOf } from '../db/dialect.ts';
import { indexMessages, saysAll, wordsOf } from '../db/search.ts';
import type { ContactRow, ConversationRow, MessageRow } from '../db/tables.ts';
import type { Routes } from '../http/routes.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import { toAgentMessage } from '../messages/wire.ts';
import { searchInConversations } from './saying.ts';
import { toFoundContact, toFoundConversation } from './wire.ts';

type Endpoints = typeof agentSearch;
type Asked = Input<Endpoints['agentSearchAll']>;

export const searchRoutes: Routes<Endpoints> = {
  agentSearchInConversations: searchInConversations,
  agentSearchAll: async (app, caller, input) => ({
    payload: {
      conversations: await findConversations(app, caller, input),
      contacts: await findContacts(app, caller, input),
      messages: await findSaid(app, caller, input),
      articles: [],
    },
  }),
  agentSearchConversations: async (app, caller, input) => ({
    payload: { conversations: await findConversations(app, caller, input) },
  }),
  agentFindContacts: async (app, caller, input) => ({
    payload: { contacts: await findContacts(app, caller, input) },
  }),
  agentSearchMessages: async (app, caller, input) => ({
    payload: { messages: await findSaid(app, caller, input) },
  }),
  agentSearchArticles: async () => ({ payload: { articles: [] } }),
};

const pageSize = 15;

/** Contacts whose conversations are looked for; whoever means one of more says more. */
const mostContacts = 1000;

const offsetOf = ({ page = 1 }: Asked) => (page - 1) * pageSize;

async function findContacts(app: App, { account }: AgentCaller, asked: Asked): Promise<FoundContact[]> {
  const words = wordsOf(asked.q ?? '');
  if (!words.length) return [];
  const rows = await app.db.all(
    sql<ContactRow>`select * from contacts where account_id = ${account.id} and ${saysAll(app.db, 'contacts', words)}
      order by last_activity_at desc nulls last, id desc limit ${pageSize} offset ${offsetOf(asked)}`,
  );
  return rows.map(toFoundContact);
}

/** By display id, or by what their contact is called. */
async function findConversations(app: App, caller: AgentCaller, asked: Asked): Promise<FoundConversation[]> {
  const { db } = app;
  const text = asked.q?.trim() ?? '';
  const words = wordsOf(text);
  if (!words.length) return [];
  const account_id = caller.account.id;
  const contacts = await db.all(
    sql<{ id: number }>`select id from contacts where account_id = ${account_id}
      and ${saysAll(db, 'contacts', words)} order by last_activity_at desc nulls last, id desc limit ${mostContacts}`,
  );
  const display_id = /^#?(\d{1,15})$/.exec(text)?.[1];
  const ids = contacts.map(({ id }) => id);
  const named = isAnyOf(db, 'contact_id', ids);
  const found = await db.all(
    sql<{ id: number }>`select id from conversations where account_id = ${account_id}
      and ${await seenBy(app, caller)} and (${named} ${display_id ? sql`or display_id = ${Number(display_id)}` : sql``})
      order by last_activity_at desc, id desc limit ${pageSize} offset ${offsetOf(asked)}`,
  );
  return showConversations(
    app,
    caller,
    found.map(({ id }) => id),
  );
}

async function showConversations(
  app: App,
  { account }: AgentCaller,
  ids: readonly number[],
): Promise<FoundConversation[]> {
  const { db } = app;
  const rows = await loadConversations(db, ids);
  const around = await loadSurroundings(db, rows);
  const messages = await findMessages(
    db,
    rows.flatMap(({ last_non_activity_message_id }) => last_non_activity_message_id ?? []),
  );
  const parts = await loadParts(db, messages, new Map(rows.map(({ id, display_id }) => [id, display_id])));
  const last = new Map(parts.map((part) => [part.message.conversation_id, toAgentMessage(app, part)]));
  const assignees = rows.flatMap(({ assignee_id }) => assignee_id ?? []);
  const members = await listMembers(db, account.id, assignees);
  const byId = new Map<number, ConversationRow>(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const agent = members.find((member) => member.id === row.assignee_id);
    return toFoundConversation(around.get(id) as Surroundings, { message: last.get(id), agent });
  });
}

async function findSaid(app: App, caller: AgentCaller, asked: Asked): Promise<AgentMessage[]> {
  const { db } = app;
  const words = wordsOf(asked.q ?? '');
  if (!words.length) return [];
  await indexMessages(db);
  const rows = await db.all(
    sql<MessageRow>`select * from messages where account_id = ${caller.account.id}
      and ${await seenBy(app, caller)} and ${saysAll(db, 'messages', words)}
      order by id desc limit ${pageSize} offset ${offsetOf(asked)}`,
  );
  const conversations = await loadConversations(
    db,
    rows.map(({ conversation_id }) => conversation_id),
  );
  const displayIds = new Map(conversations.map(({ id, display_id }) => [id, display_id]));
  return (await loadParts(db, rows, displayIds)).map((part) => toAgentMessage(app, part));
}

async function seenBy(app: App, caller: AgentCaller): Promise<RawBuilder<boolean>> {
  const visible = await visibleInboxIds(app, caller);
  return visible === 'all' ? sql`1 = 1` : isAnyOf(app.db, 'inbox_id', visible);
}
