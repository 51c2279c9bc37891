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
import { sql } from 'kysely';
import { listMembers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { listContactRows } from '../contacts/agent-store.ts';
import { contactsMatchingText } from '../contacts/folded-columns.ts';
import { orderOf } from '../conversation-lists/order.ts';
import { allStatuses, type Scope } from '../conversation-lists/scope.ts';
import { readTestedPage } from '../conversation-lists/tested-scope.ts';
import { loadRelatedRows } from '../conversations/record/related-rows.ts';
import { loadConversationRows } from '../conversations/record/store.ts';
import { countCandidates } from '../db/bounded-list.ts';
import { findsRow, isAnySelected } from '../db/dialect.ts';
import { type Page, type SortOrder, toCursor, toPage, toPageRange } from '../db/keyset.ts';
import { parseSearchQuery, type SearchQuery, searchRows } from '../db/search/search.ts';
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

/** A page of matching contacts, by last activity. @throws invalid 422 for a cursor of another list */
async function findContacts(
  app: App,
  { account }: AgentCaller,
  input: SearchInput,
): Promise<Page<FoundContact>> {
  const query = parseSearchQuery(input.q ?? '');
  if (!query.length) return emptyPage;
  const { rows, next_cursor } = await listContactRows(app.db.longReads, account.id, {
    ...input,
    ...(await contactsMatchingText(app, account.id, query)),
    list: 'search/contacts',
    sort: undefined,
  });
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
  const text = input.q?.trim() ?? '';
  const query = parseSearchQuery(text);
  if (!query.length) return emptyPage;
  const visible = await visibleInboxIds(app, caller);
  const { rows, next_cursor } = await readTestedPage(
    app.db,
    {
      account_id: caller.account.id,
      statuses: allStatuses,
      ...(visible !== 'all' && { inboxes: visible }),
      ...(await isOfMatchingContact(app, caller.account.id, { text, query })),
    },
    {
      order: orderOf('search/conversations'),
      assignee: 'all',
      user_id: caller.user.id,
      request: { ...input, size: pageSize },
    },
  );
  const ids = rows.map(({ id }) => id);
  return { rows: await toFoundConversations(app, caller, ids), next_cursor };
}

/** The condition of conversations with this display id, or with a matching contact. */
async function isOfMatchingContact(
  app: App,
  account_id: number,
  { text, query }: { text: string; query: SearchQuery },
): Promise<Pick<Scope, 'rest' | 'candidates'>> {
  const { longReads } = app.db;
  const { test, candidates } = await contactsMatchingText(app, account_id, query);
  const display_id = /^#?(\d{1,15})$/.exec(text)?.[1];
  const byNumber = sql<boolean>`account_id = ${account_id} and display_id = ${Number(display_id)}`;
  const ofContact = candidates
    ? isAnySelected(longReads, 'contact_id', candidates.select)
    : findsRow(sql`select 1 from contacts where contacts.id = conversations.contact_id and ${test}`);
  const selects = candidates && [
    sql`select id from conversations where ${ofContact}`,
    ...(display_id ? [sql`select id from conversations where ${byNumber}`] : []),
  ];
  return {
    rest: [display_id ? sql`(${ofContact} or ${byNumber})` : ofContact],
    candidates: selects && (await countCandidates(longReads, sql.join(selects, sql` union `))),
  };
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

/**
 * A page of matching messages, the newest first. A search that has read enough texts answers what it has found, with a cursor.
 * @throws invalid 422 for a cursor of another list
 */
async function findMessagesByText(
  app: App,
  caller: AgentCaller,
  input: SearchInput,
): Promise<Page<AgentMessage>> {
  const { db } = app;
  const span = toPageRange(byId, { ...input, size: pageSize });
  const { ids, before } = await searchRows(db.longReads, 'messages', {
    account_id: caller.account.id,
    query: parseSearchQuery(input.q ?? ''),
    ...(await toInboxFilter(app, caller)),
    before: span.after?.key_id,
    limit: Math.min(span.limitWithOffset, maxMessages),
  });
  const page = toPage(byId, ids.slice(span.offset).map(toKey), pageSize);
  const next_cursor = page.next_cursor ?? (before === undefined ? null : toCursor(byId, toKey(before)));
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
  return { rows: parts.map((part) => toAgentMessage(app, part)), next_cursor };
}

const toKey = (id: number) => ({ id, key_part: 0, key_value: null, key_id: id });

/** Limits a search of messages to the inboxes of an agent; administrators search all. */
async function toInboxFilter(app: App, caller: AgentCaller): Promise<{ inboxes?: readonly number[] }> {
  const visible = await visibleInboxIds(app, caller);
  return visible === 'all' ? {} : { inboxes: visible };
}
