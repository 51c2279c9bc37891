/** SQL of mentions: one row for a conversation and a user, with the time of the newest mention. */
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';

export async function insertMention(tx: Tx, message: MessageRow, user_id: number): Promise<void> {
  const { conversation_id, account_id, created_at: mentioned_at } = message;
  await tx.run(
    tx.q
      .insertInto('mentions')
      .values({ conversation_id, user_id, account_id, mentioned_at })
      .onConflict((conflict) =>
        conflict.columns(['conversation_id', 'user_id']).doUpdateSet({ mentioned_at }),
      ),
  );
}
