/** Which conversations a contact session may reach (client-api.md section 4). */
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { findConversation } from './store.ts';

/** An unverified session reaches its own conversations, a verified one all of its contact, in every inbox. */
const isOwn = ({ session }: SessionCaller, conversation: ConversationRow): boolean =>
  session.hmac_verified
    ? conversation.contact_id === session.contact_id
    : conversation.contact_inbox_id === session.id;

/** @throws not_found outside the session's reach, as for one that does not exist */
export async function findOwnConversation(
  app: App,
  caller: SessionCaller,
  display_id: number,
): Promise<ConversationRow> {
  const conversation = await findConversation(app.db, caller.session.account_id, display_id);
  if (!conversation || !isOwn(caller, conversation)) throw notFound();
  return conversation;
}

/** All of them, oldest first. */
export function listOwnConversations(db: Sql, { session }: SessionCaller): Promise<ConversationRow[]> {
  const query = db.q.selectFrom('conversations').selectAll().orderBy('id');
  return db.all(
    session.hmac_verified
      ? query.where('contact_id', '=', session.contact_id)
      : query.where('contact_inbox_id', '=', session.id),
  );
}
