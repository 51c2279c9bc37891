/**
 * Verbs of agents that search contacts, conversations and messages, as far as they may see them (application-api.md section 6.15).
 */
import type {
  AgentMessage,
  agentSearch,
  FoundContact,
  FoundConversation,
  Input,
  Output,
} from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { listMembers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { contactsMatchingText } from '../contacts/folded-columns.ts';
import { loadRelatedRows } from '../conversations/record/related-rows.ts';
import { loadConversationRows } from '../conversations/record/store.ts';
import { isAnyOf } from '../db/dialect.ts';
import { nullsLast, type Page, readPage, type SortOrder, toPage, toPageRange } from '../db/keyset.ts';
import { parseSearchQuery, searchIds } from '../db/search/search.ts';
import type { ContactRow } from '../db/tables.ts';
import type { Routes } from '../http/routes.ts';
import { visibleInboxIds } from '../inboxes/access.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import { toAgentMessage } from '../messages/wire.ts';
import { searchInConversations } from './conversation-search.ts';
import { toFoundContact, toFoundConversation } from './wire.ts';

type Endpoints = typeof agentSearch;
type SearchInput = Input<Endpoints['agentSearchMessages']>;

const emptyPage = { rows: [], next_cursor: null };

export const searchRoutes: Routes<Endpoints> = {
  agentSearchInConversations: searchInConversations,
  agentSearchAll: searchAll,
  agentSearchConversations: async (app, caller, input) => {
    const { rows, next_cursor } = await findConversations(app, caller, input);
    return { meta: { next_cursor }, payload: { conversations: rows } };
  },
  agentFindContacts: async (app, caller, input) => {
    const { rows, next_cursor } = await findContacts(app, caller, input);
    return { meta: { next_cursor }, payload: { contacts: rows } };
  },
  agentSearchMessages: async (app, caller, input) => {
    const { rows, next_cursor } = await findMessagesByText(app, caller, input);
    return { meta: { next_cursor }, payload: { messages: rows } };
  },
  agentSearchArticles: async () => ({ payload: { articles: [] } }),
};

/** The first page of each kind. Each has a cursor, with which the endpoint of its kind continues. */
async function searchAll(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentSearchAll']>,
): Promise<Output<Endpoints['agentSearchAll']>> {
  const conversations = await findConversations(app, caller, input);
  const contacts = await findContacts(app, caller, input);
  const messages = await findMessagesByText(app, caller, input);
  return {
    meta: {
      conversations_cursor: conversations.next_cursor,
      contacts_cursor: contacts.next_cursor,
      messages_cursor: messages.next_cursor,
    },
    payload: {
      conversations: conversations.rows,
      contacts: contacts.rows,
      messages: messages.rows,
      articles: [],
    },
  };
}

const pageSize = 15;

/** Matching contacts whose conversations are searched, the newest. A query that more contacts match is too general. */
const maxContacts = 1000;

const activity = sql.ref('last_activity_at');

/** A page of matching contacts, by last activity. @throws invalid 422 for a cursor of another list */
async function findContacts(
  app: App,
  { account }: AgentCaller,
  input: SearchInput,
): Promise<Page<FoundContact>> {
  const query = parseSearchQuery(input.q ?? '');
  if (!query.length) return emptyPage;
  const { rows, next_cursor } = await readPage<ContactRow>(
    app.db.longReads,
    {
      select: sql`contacts.*`,
      from: sql`contacts`,
      id: sql`id`,
      where: sql`account_id = ${account.id} and ${await contactsMatchingText(app, account.id, query)}`,
      order: {
        name: 'search/contacts',
        type: 'number',
        parts: nullsLast({ column: activity, direction: 'desc' }),
      },
    },
    { ...input, size: pageSize },
  );
  return { rows: rows.map(toFoundContact), next_cursor };
}

/**
 * A page of conversations with this display id, or with a matching contact, by last activity.
 * @throws invalid 422 for the cursor
 */
async function findConversations(
  app: App,
  caller: AgentCaller,
  input: SearchInput,
): Promise<Page<FoundConversation>> {
  const { db } = app;
  const text = input.q?.trim() ?? '';
  const query = parseSearchQuery(text);
  if (!query.length) return emptyPage;
  const account_id = caller.account.id;
  const contacts = await searchIds(db.longReads, 'contacts', { account_id, query, limit: maxContacts });
  const display_id = /^#?(\d{1,15})$/.exec(text)?.[1];
  const hasContact = isAnyOf(db, 'contact_id', contacts);
  const { rows, next_cursor } = await readPage<{ id: number }>(
    db.longReads,
    {
      select: sql`id`,
      from: sql`conversations`,
      id: sql`id`,
      where: sql`account_id = ${account_id} and ${await visibleCondition(app, caller)}
        and (${hasContact} ${display_id ? sql`or display_id = ${Number(display_id)}` : sql``})`,
      order: {
        name: 'search/conversations',
        type: 'number',
        parts: [{ column: activity, direction: 'desc' }],
      },
    },
    { ...input, size: pageSize },
  );
  const ids = rows.map(({ id }) => id);
  return { rows: await toFoundConversations(app, caller, ids), next_cursor };
}

/** Loads conversations with contact, assignee and newest message, in the order of `ids`. */
async function toFoundConversations(
  app: App,
  { account }: AgentCaller,
  ids: readonly number[],
): Promise<FoundConversation[]> {
  const { db } = app;
  const rows = await loadConversationRows(db, ids);
  const relatedById = await loadRelatedRows(db, rows);
  const messages = await findMessages(
    db,
    rows.flatMap(({ last_non_activity_message_id }) => last_non_activity_message_id ?? []),
  );
  const parts = await loadParts(db, messages, rows);
  const last = new Map(parts.map((part) => [part.message.conversation_id, toAgentMessage(app, part)]));
  const assignees = rows.flatMap(({ assignee_id }) => assignee_id ?? []);
  const members = await listMembers(db, account.id, assignees);
  return ids.flatMap((id) => {
    const related = relatedById.get(id);
    if (!related) return [];
    const agent = members.find((member) => member.id === related.conversation.assignee_id);
    return toFoundConversation(related, { message: last.get(id), agent });
  });
}

const byId: SortOrder = { name: 'search/messages', type: 'number', parts: [{ direction: 'desc' }] };

/** Matches that numbered pages reach; a cursor continues beyond them. */
const maxMessages = 10_000;

/** A page of matching messages, the newest first. @throws invalid 422 for a cursor of another list */
async function findMessagesByText(
  app: App,
  caller: AgentCaller,
  input: SearchInput,
): Promise<Page<AgentMessage>> {
  const { db } = app;
  const span = toPageRange(byId, { ...input, size: pageSize });
  const ids = await searchIds(db.longReads, 'messages', {
    account_id: caller.account.id,
    query: parseSearchQuery(input.q ?? ''),
    ...(await toInboxFilter(app, caller)),
    before: span.after?.key_id,
    limit: Math.min(span.limitWithOffset, maxMessages),
  });
  const keys = ids.slice(span.offset).map((id) => ({ id, key_part: 0, key_value: null, key_id: id }));
  const page = toPage(byId, keys, pageSize);
  const messages = await findMessages(
    db,
    page.rows.map(({ id }) => id),
  );
  const rows = messages.sort((a, b) => b.id - a.id);
  const conversations = await loadConversationRows(
    db,
    rows.map(({ conversation_id }) => conversation_id),
  );
  const parts = await loadParts(db, rows, conversations);
  return { rows: parts.map((part) => toAgentMessage(app, part)), next_cursor: page.next_cursor };
}

/** Limits a search of messages to the inboxes of an agent; administrators search all. */
async function toInboxFilter(app: App, caller: AgentCaller): Promise<{ inboxes?: readonly number[] }> {
  const visible = await visibleInboxIds(app, caller);
  return visible === 'all' ? {} : { inboxes: visible };
}

async function visibleCondition(app: App, caller: AgentCaller): Promise<RawBuilder<boolean>> {
  const visible = await visibleInboxIds(app, caller);
  return visible === 'all' ? sql`1 = 1` : isAnyOf(app.db, 'inbox_id', visible);
}
