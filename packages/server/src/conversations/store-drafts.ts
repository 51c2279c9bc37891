/** SQL of drafts: one row for a conversation and an agent. */
import type { Tx } from '../db/db.ts';
import type { ConversationDraftRow } from '../db/tables.ts';

/** Inserts or replaces a draft. */
export async function insertDraft(tx: Tx, draft: ConversationDraftRow): Promise<void> {
  const { message, updated_at } = draft;
  await tx.run(
    tx.q
      .insertInto('conversation_drafts')
      .values(draft)
      .onConflict((conflict) =>
        conflict.columns(['conversation_id', 'user_id']).doUpdateSet({ message, updated_at }),
      ),
  );
}

export async function deleteDraftRow(
  tx: Tx,
  { conversation_id, user_id }: Pick<ConversationDraftRow, 'conversation_id' | 'user_id'>,
): Promise<void> {
  await tx.run(
    tx.q
      .deleteFrom('conversation_drafts')
      .where('conversation_id', '=', conversation_id)
      .where('user_id', '=', user_id),
  );
}
