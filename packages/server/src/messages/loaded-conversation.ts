/** Loads conversations with everything that their events show, for the verbs that change or show them. */

import {
  loadRelatedRows,
  lockRelatedRows,
  type RelatedRows,
  verifiedSessions,
} from '../conversations/record/related-rows.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { ContactInboxRow, ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { findMessages, loadParts } from './store.ts';
import type { MessageParts } from './wire.ts';

/** A conversation with its related rows, and what its events need besides. A change makes a new one. */
export interface LoadedConversation extends RelatedRows {
  /** Verified sessions of the contact, this one included; empty when this one is not verified. */
  siblings: readonly ContactInboxRow[];
  /** The newest message that is neither private nor an activity; undefined also where it was not asked for. */
  last: MessageParts | undefined;
}

/**
 * Locks conversations until the transaction ends and loads them by id, with a fixed number of reads for any number of them.
 * Ids that do not exist are missing in the answer.
 * @param isLastNeeded whether to read `last`: the message path replaces it before any event shows it
 */
export async function lockConversations(
  tx: Tx,
  ids: readonly number[],
  isLastNeeded: (related: RelatedRows) => boolean = () => true,
): Promise<Map<number, LoadedConversation>> {
  return toLoadedConversations(tx, await lockRelatedRows(tx, ids), isLastNeeded);
}

/** Like `lockConversations`, for one. @throws not_found when it has been deleted meanwhile */
export async function lockConversation(tx: Tx, id: number): Promise<LoadedConversation> {
  const loaded = (await lockConversations(tx, [id])).get(id);
  if (!loaded) throw notFound();
  return loaded;
}

/** Like `lockConversations`, without a lock, for conversations that are only shown. */
export async function loadConversations(
  db: Sql,
  rows: readonly ConversationRow[],
): Promise<Map<number, LoadedConversation>> {
  return toLoadedConversations(db, await loadRelatedRows(db, rows), () => true);
}

async function toLoadedConversations(
  db: Sql,
  relatedById: Map<number, RelatedRows>,
  isLastNeeded: (related: RelatedRows) => boolean,
): Promise<Map<number, LoadedConversation>> {
  const all = [...relatedById.values()];
  const siblings = await verifiedSessions(
    db,
    all.map(({ session }) => session),
  );
  const last = await lastMessages(
    db,
    all.filter(isLastNeeded).map(({ conversation }) => conversation),
  );
  return new Map(
    all.map((related) => [
      related.conversation.id,
      {
        siblings: (related.session.hmac_verified && siblings.get(related.session.contact_id)) || [],
        last: last.get(related.conversation.id),
        ...related,
      },
    ]),
  );
}

/** The newest message of each that is neither private nor an activity, by conversation. */
async function lastMessages(db: Sql, rows: readonly ConversationRow[]): Promise<Map<number, MessageParts>> {
  const messages = await findMessages(
    db,
    rows.flatMap(({ last_public_message_id }) => last_public_message_id ?? []),
  );
  const parts = await loadParts(db, messages, rows);
  return new Map(parts.map((part) => [part.message.conversation_id, part]));
}
