/** Teams as each reader sees them. */
import type { EventTeam, TeamRow as StoredTeam, Team } from '@hoory/contract';
import type { TeamRow } from '../db/tables.ts';
import { toIso } from '../time.ts';

/** `own` are the ids of the caller's teams. */
export function toTeam(team: TeamRow, own: readonly number[]): Team {
  return {
    id: team.id,
    name: team.name,
    description: team.description,
    allow_auto_assign: team.allow_auto_assign === 1,
    account_id: team.account_id,
    is_member: own.includes(team.id),
  };
}

/** As the answer to an assignment shows it (application-api.md section 6.8). */
export function toStoredTeam(team: TeamRow): StoredTeam {
  return {
    id: team.id,
    name: team.name,
    description: team.description,
    allow_auto_assign: team.allow_auto_assign === 1,
    account_id: team.account_id,
    created_at: toIso(team.created_at),
    updated_at: toIso(team.updated_at),
  };
}

/** As events show it (cable.md section C.2). */
export const toEventTeam = ({ id, name }: TeamRow): EventTeam => ({ id, name });
