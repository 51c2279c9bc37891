/** Which conversations a contact session may reach (client-api.md section 4). */
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { statement } from '../db/statement.ts';
import type { ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { findConversation } from './store.ts';

type Place = Pick<ConversationRow, 'id' | 'display_id' | 'contact_id' | 'contact_inbox_id'>;

/** An unverified session reaches its own conversations, a verified one all of its contact, in every inbox. */
const isOwn = ({ session }: SessionCaller, conversation: Place): boolean =>
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

const reachById = statement((q, place: { account_id: number; display_id: number }) =>
  q
    .selectFrom('conversations')
    .select(['id', 'display_id', 'contact_id', 'contact_inbox_id'])
    .where('account_id', '=', place.account_id)
    .where('display_id', '=', place.display_id),
);

/** As `findOwnConversation`, with the few columns that the message path needs before its transaction. */
export async function findOwnPlace(app: App, caller: SessionCaller, display_id: number): Promise<Place> {
  const place = await app.db.get(reachById(app.db, { account_id: caller.session.account_id, display_id }));
  if (!place || !isOwn(caller, place)) throw notFound();
  return place;
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
