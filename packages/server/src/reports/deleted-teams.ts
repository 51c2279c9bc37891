/** Deletes the facts of a deleted team before its conversations leave it: none of them then subtracts its own. */
import { on } from '../events/listeners.ts';
import { deleteTeamFacts } from './store-facts.ts';

/** The listener. */
export const forgetDeletedTeams = on('team_deleted', (tx, { account_id, detail }) =>
  deleteTeamFacts(tx, { account_id, team_id: detail.team_id }),
);
