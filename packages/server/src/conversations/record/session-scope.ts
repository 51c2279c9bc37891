/** The conversations that a contact session may use (client-api.md section 4). */
import type { App } from '../../app.ts';
import type { ConversationOwner, SessionCaller } from '../../caller.ts';
import type { Sql } from '../../db/db.ts';
import type { ConversationRow } from '../../db/tables.ts';
import { notFound } from '../../errors.ts';
import { findConversation } from './store.ts';

/** An unverified session owns its own conversations; a verified one owns those of its contact in every inbox. */
const isOwn = ({ session }: SessionCaller, conversation: ConversationOwner): boolean =>
  conversation.contact_inbox_id === session.id ||
  (session.hmac_verified === 1 && conversation.contact_id === session.contact_id);

/** @throws not_found for conversations of others as for those that do not exist */
export async function getOwnConversation(
  app: App,
  caller: SessionCaller,
  display_id: number,
): Promise<ConversationRow> {
  const conversation = await findConversation(app.db, caller.session.account_id, display_id);
  if (!conversation || !isOwn(caller, conversation)) throw notFound();
  return conversation;
}

/**
 * The conversation that the path names, as authentication loaded it. The message path reads nothing more before its transaction.
 * @throws not_found for conversations of others as for those that do not exist
 */
export function getPathConversation(caller: SessionCaller): ConversationOwner {
  if (!caller.conversation || !isOwn(caller, caller.conversation)) throw notFound();
  return caller.conversation;
}

/** Conversations on a page (client-api.md 5.6). */
const pageSize = 100;

/** The newest conversations that the session owns, or the newest before a display id, oldest first. */
export async function listOwnConversations(
  db: Sql,
  { session }: SessionCaller,
  before: number | undefined,
): Promise<ConversationRow[]> {
  let query = db.q.selectFrom('conversations').selectAll().orderBy('id', 'desc').limit(pageSize);
  if (before !== undefined) query = query.where('display_id', '<', before);
  const rows = await db.all(
    session.hmac_verified
      ? query.where('contact_id', '=', session.contact_id)
      : query.where('contact_inbox_id', '=', session.id),
  );
  return rows.reverse();
}
