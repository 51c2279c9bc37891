/** SQL of drafts: one row for a conversation and an agent. */
import type { Db } from '../db/db.ts';
import type { ConversationDraftRow } from '../db/tables.ts';

/** Inserts or replaces a draft. */
export async function insertDraft(db: Db, draft: ConversationDraftRow): Promise<void> {
  const { message, updated_at } = draft;
  await db.run(
    db.q
      .insertInto('conversation_drafts')
      .values(draft)
      .onConflict((conflict) =>
        conflict.columns(['conversation_id', 'user_id']).doUpdateSet({ message, updated_at }),
      ),
  );
}

export async function deleteDraftRow(
  db: Db,
  { conversation_id, user_id }: Pick<ConversationDraftRow, 'conversation_id' | 'user_id'>,
): Promise<void> {
  await db.run(
    db.q
      .deleteFrom('conversation_drafts')
      .where('conversation_id', '=', conversation_id)
      .where('user_id', '=', user_id),
  );
}
