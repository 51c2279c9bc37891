/** Loads conversations with everything that their events show, for the verbs that change or show them. */

import {
  findRelatedRows,
  lockRelatedRows,
  type RelatedRows,
  verifiedSessions,
} from '../conversations/record/related-rows.ts';
import type { Outcome, Sql, Tx } from '../db/db.ts';
import type { ContactInboxRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { findLastMessages, type LastMessages, loadParts } from './store.ts';
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
 */
export async function lockConversations(
  tx: Tx,
  ids: readonly number[],
): Promise<Map<number, LoadedConversation>> {
  // The lock is sent first.
  const [related, last] = await Promise.all([lockRelatedRows(tx, ids), findLastMessages(tx, ids)]);
  return toLoadedConversations(tx, related, last);
}

/**
 * Like `lockConversations`, with `last` for those conversations only that `isLastNeeded` names: the message path replaces it in
 * most of them before any event shows it.
 */
export async function lockConversationsToPost(
  tx: Tx,
  ids: readonly number[],
  isLastNeeded: (related: RelatedRows) => boolean,
): Promise<Map<number, LoadedConversation>> {
  const related = await lockRelatedRows(tx, ids);
  const needed = [...related.values()].filter(isLastNeeded).map(({ conversation }) => conversation.id);
  return toLoadedConversations(tx, related, needed.length ? await findLastMessages(tx, needed) : noMessages);
}

const noMessages: LastMessages = { messages: [], attachments: [] };

/** Like `lockConversations`, for one. @throws not_found when it has been deleted meanwhile */
export const lockConversation = (tx: Tx, id: number): Promise<LoadedConversation> => tx.gather(lockEach, id);

/** Like `lockConversation`, for the conversations of several jobs. */
export async function lockEach(tx: Tx, ids: readonly number[]): Promise<Outcome<LoadedConversation>[]> {
  const loadedById = await lockConversations(tx, ids);
  return ids.map((id) => {
    const loaded = loadedById.get(id);
    return loaded ? { answer: loaded } : { refusal: notFound() };
  });
}

/** Like `lockConversations`, without a lock, for conversations that are only shown. */
export async function findConversations(
  db: Sql,
  ids: readonly number[],
): Promise<Map<number, LoadedConversation>> {
  const [related, last] = await Promise.all([findRelatedRows(db, ids), findLastMessages(db, ids)]);
  return toLoadedConversations(db, related, last);
}

async function toLoadedConversations(
  db: Sql,
  relatedById: Map<number, RelatedRows>,
  { messages, attachments }: LastMessages,
): Promise<Map<number, LoadedConversation>> {
  const all = [...relatedById.values()];
  const known = {
    contacts: all.map(({ contact }) => contact),
    users: all.flatMap(({ assignee }) => assignee ?? []),
    attachments,
  };
  const [siblings, parts] = await Promise.all([
    verifiedSessions(
      db,
      all.map(({ session }) => session),
    ),
    loadParts(
      db,
      messages,
      all.map(({ conversation }) => conversation),
      known,
    ),
  ]);
  const last = new Map(parts.map((part) => [part.message.conversation_id, part]));
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
