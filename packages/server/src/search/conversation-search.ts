/** Search of conversations by the text of their messages (application-api.md section 6.8). */
import type { agentSearch, Input, Output, SayingConversation } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { listScope } from '../conversation-lists/list.ts';
import { scopeOf } from '../conversation-lists/scope.ts';
import { loadRelatedRows, type RelatedRows } from '../conversations/record/related-rows.ts';
import { loadConversationRows } from '../conversations/record/store.ts';
import { isAnyOf, unindexed } from '../db/dialect.ts';
import { parseSearchQuery } from '../db/search/search.ts';
import type { ConversationRow, MessageRow } from '../db/tables.ts';
import { loadParts } from '../messages/store.ts';
import type { MessageParts } from '../messages/wire.ts';
import { toUnix } from '../time.ts';

type Endpoint = (typeof agentSearch)['agentSearchInConversations'];

/** Matching messages in the answer, of one conversation. */
const maxMessagesShown = 10;
/** Matching messages that are read for one page. */
const maxMessagesRead = 500;

/**
 * A page of conversations with a matching message, with the filters of the list and of any status; empty for a query without words.
 */
export async function searchInConversations(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoint>,
): Promise<Output<Endpoint>> {
  const text = input.q ?? '';
  if (!parseSearchQuery(text).length)
    return { meta: { mine_count: 0, unassigned_count: 0, all_count: 0, next_cursor: null }, payload: [] };
  const scope = await scopeOf(app, caller, input);
  const { counts, ids, next_cursor } = await listScope(app, caller, scope, {
    ...input,
    list: 'conversations/search',
  });
  const rows = await loadConversationRows(app.db, ids);
  const relatedById = await loadRelatedRows(app.db, rows);
  const matches = await listMatchingMessages(app, rows, scope.matchingMessages ?? []);
  const { mine_count, unassigned_count, all_count } = counts;
  return {
    meta: { mine_count, unassigned_count, all_count, next_cursor },
    payload: ids.flatMap((id) => {
      const related = relatedById.get(id);
      return related ? toConversationMatch(related, matches.get(id) ?? []) : [];
    }),
  };
}

/** The newest matching messages of each conversation. */
async function listMatchingMessages(
  { db }: App,
  rows: readonly ConversationRow[],
  matching: readonly number[],
): Promise<Map<number, MessageParts[]>> {
  const ids = rows.map(({ id }) => id);
  const messages = ids.length
    ? await db.all(
        sql<MessageRow>`select * from messages where ${isAnyOf(db, 'id', matching)}
          and ${isAnyOf(db, unindexed(db, 'conversation_id'), ids)} order by id desc limit ${maxMessagesRead}`,
      )
    : [];
  const parts = await loadParts(db, messages, rows);
  const byConversation = new Map<number, MessageParts[]>();
  for (const part of parts) {
    const id = part.message.conversation_id;
    byConversation.set(id, [...(byConversation.get(id) ?? []), part].slice(0, maxMessagesShown));
  }
  return byConversation;
}

function toConversationMatch(
  { conversation, contact, inbox }: RelatedRows,
  matches: MessageParts[],
): SayingConversation {
  return {
    id: conversation.display_id,
    uuid: conversation.uuid,
    created_at: toUnix(conversation.created_at),
    account_id: conversation.account_id,
    contact: { id: contact.id, name: contact.name },
    inbox: { id: inbox.id, name: inbox.name, channel_type: 'Channel::Api' },
    messages: matches.map(({ message, sender }) => ({
      content: message.content,
      id: message.id,
      sender_name: sender?.name ?? null,
      message_type: message.message_type,
      created_at: toUnix(message.created_at),
    })),
  };
}
