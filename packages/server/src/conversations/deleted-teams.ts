/** A deleted team leaves its conversations. */
import { on } from '../events/listeners.ts';
import { clearTeam } from './record/store.ts';

/** Conversations of a deleted team have none; agents learn it with `account.cache_invalidated`. */
export const leaveDeletedTeams = on('team_deleted', async (tx, { account_id, detail }) => {
  await clearTeam(tx, { account_id, team_id: detail.team_id });
});
