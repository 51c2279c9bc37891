/** Wire shapes of teams. */
import type { EventTeam, TeamRow as StoredTeam, Team } from '@hoory/contract';
import type { TeamRow } from '../db/tables.ts';
import { toIso } from '../time.ts';

/** A team as agents see it. @param own ids of the caller's teams */
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

/** The team in the answer to an assignment (application-api.md section 6.8). */
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

/** The team in events (cable.md section C.2). */
export const toEventTeam = ({ id, name }: TeamRow): EventTeam => ({ id, name });
