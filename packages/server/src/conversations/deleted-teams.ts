/** A deleted team leaves its conversations. */
import { on } from '../events/listeners.ts';

/** Conversations of a deleted team have none; agents learn it with `account.cache_invalidated`. */
export const leaveDeletedTeams = on('team_deleted', async (tx, { account_id, detail }) => {
  await tx.run(
    tx.q
      .updateTable('conversations')
      .set({ team_id: null })
      .where('account_id', '=', account_id)
      .where('team_id', '=', detail.team_id),
  );
});
