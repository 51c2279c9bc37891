/** Removes a deleted team from its conversations. */
import { on } from '../events/listeners.ts';
import { clearTeam } from './record/store.ts';

/** The listener. Agents get no event for each conversation, only the `account.cache_invalidated` of the deletion. */
export const leaveDeletedTeams = on('team_deleted', async (tx, { account_id, detail }) => {
  await clearTeam(tx, { account_id, team_id: detail.team_id });
});
