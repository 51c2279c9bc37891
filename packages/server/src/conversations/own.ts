/** Which conversations a contact session may reach (client-api.md section 4). */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import type { BatchRead, Sql } from '../db/db.ts';
import { pairsAs } from '../db/dialect.ts';
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

const placesAt = statement((q, place: { pairs: unknown }, db) =>
  q
    .selectFrom(pairsAs(db, place.pairs))
    .innerJoin('conversations', (on) =>
      on
        .on('conversations.account_id', '=', sql`cast(pair.first as bigint)`)
        .on('conversations.display_id', '=', sql`cast(pair.second as bigint)`),
    )
    .select(['position', 'conversations.id', 'display_id', 'contact_id', 'contact_inbox_id']),
);

const findPlaces: BatchRead<Pick<ConversationRow, 'account_id' | 'display_id'>, Place | undefined> = async (
  db,
  asked,
) => {
  const pairs = JSON.stringify(asked.map(({ account_id, display_id }) => [account_id, display_id]));
  const places: (Place | undefined)[] = asked.map(() => undefined);
  for (const { position, ...place } of await db.all(placesAt(db, { pairs }))) places[position] = place;
  return places;
};

/** As `findOwnConversation`, with the few columns that the message path needs before its transaction. */
export async function findOwnPlace(app: App, caller: SessionCaller, display_id: number): Promise<Place> {
  const { account_id } = caller.session;
  const place = await app.db.readMany(findPlaces, { account_id, display_id });
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
