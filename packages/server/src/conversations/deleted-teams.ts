/** What becomes of conversations when their team goes. */
import type { Listener } from '../events/listeners.ts';

/** Conversations of a deleted team have none; agents learn it with `account.cache_invalidated`. */
export const leaveDeletedTeams: Listener = async (tx, facts) => {
  for (const { event, account_id, detail } of facts)
    if (event === 'team_deleted')
      await tx.run(
        tx.q
          .updateTable('conversations')
          .set({ team_id: null })
          .where('account_id', '=', account_id)
          .where('team_id', '=', detail.team_id as number),
      );
};
