/** Who leaves an account or an inbox loses its conversations there (application-api.md section 7). */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { Fact, Listener } from '../events/listeners.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { setAssignee } from './assign.ts';

/** Listens for `agent_removed` (detail `user_id`) and `inbox_members_removed` (detail `user_ids`). */
export const leaveConversations =
  (app: App): Listener =>
  async (tx, facts) => {
    for (const fact of facts) {
      const { event, detail } = fact;
      if (event === 'agent_removed') await leave(app, tx, fact, [detail.user_id as number]);
      if (event === 'inbox_members_removed') await leave(app, tx, fact, detail.user_ids as number[]);
    }
  };

/** What is resolved is seen by nobody's list: it loses its assignee without a word. */
async function leave(app: App, tx: Tx, { account_id, inbox_id }: Fact, user_ids: number[]): Promise<void> {
  const own = tx.q
    .selectFrom('conversations')
    .select('id')
    .where('account_id', '=', account_id)
    .where(isAnyOf(tx, 'assignee_id', user_ids))
    .where('status', '<>', 'resolved')
    .orderBy('id');
  const rows = await tx.all(inbox_id === undefined ? own : own.where('inbox_id', '=', inbox_id));
  const loadedById = await lockConversations(
    tx,
    rows.map(({ id }) => id),
  );
  for (const loaded of loadedById.values())
    await setAssignee(app, tx, loaded, { assignee_id: null, by: { name: 'System' } });
  const resolved = tx.q
    .updateTable('conversations')
    .set({ assignee_id: null })
    .where('account_id', '=', account_id)
    .where(isAnyOf(tx, 'assignee_id', user_ids));
  await tx.run(inbox_id === undefined ? resolved : resolved.where('inbox_id', '=', inbox_id));
  if (inbox_id !== undefined) return;
  await tx.run(
    tx.q
      .deleteFrom('conversation_participants')
      .where('account_id', '=', account_id)
      .where(isAnyOf(tx, 'user_id', user_ids)),
  );
}
