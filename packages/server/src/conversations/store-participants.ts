/** SQL of participants: agents who follow a conversation. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { ConversationRow } from '../db/tables.ts';

export async function listParticipants(db: Sql, conversation_id: number): Promise<number[]> {
  const rows = await db.all(
    db.q
      .selectFrom('conversation_participants')
      .select('user_id')
      .where('conversation_id', '=', conversation_id),
  );
  return rows.map(({ user_id }) => user_id);
}

/** Skips agents who are participants already. */
export async function insertParticipants(
  app: App,
  tx: Tx,
  { id: conversation_id, account_id }: Pick<ConversationRow, 'id' | 'account_id'>,
  user_ids: readonly number[],
): Promise<void> {
  await Promise.all(
    user_ids.map((user_id) =>
      tx.run(
        tx.q
          .insertInto('conversation_participants')
          .values({ conversation_id, user_id, account_id, created_at: app.now() })
          .onConflict((conflict) => conflict.doNothing()),
      ),
    ),
  );
}

export async function deleteParticipants(
  tx: Tx,
  conversation_id: number,
  user_ids: readonly number[],
): Promise<void> {
  if (!user_ids.length) return;
  await tx.run(
    tx.q
      .deleteFrom('conversation_participants')
      .where('conversation_id', '=', conversation_id)
      .where(isAnyOf(tx, 'user_id', user_ids)),
  );
}

/** Removes these agents from all conversations of an account. */
export async function deleteParticipantsOfAccount(
  tx: Tx,
  { account_id, user_ids }: { account_id: number; user_ids: readonly number[] },
): Promise<void> {
  await tx.run(
    tx.q
      .deleteFrom('conversation_participants')
      .where('account_id', '=', account_id)
      .where(isAnyOf(tx, 'user_id', user_ids)),
  );
}
