/**
 * Teams and their members (application-api.md sections 4.11 and 6.10). Three shapes: `Team` for the caller, `TeamRow` where
 * upstream answers the stored row, `EventTeam` inside conversations and events.
 */
import Type, { type Static } from 'typebox';
import { Agent } from './agents.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { FilledText, fields, Id, Ids, IsoTime, named, nullable } from './schema.ts';

/** As an agent lists it. */
export const Team = named('Team', {
  id: Id,
  name: Type.String({ description: 'lower-case' }),
  description: nullable(Type.String()),
  allow_auto_assign: Type.Boolean(),
  account_id: Id,
  is_member: Type.Boolean({ description: 'the caller belongs to it' }),
});
export type Team = Static<typeof Team>;

/** The stored row, as the answer to an assignment shows it (application-api.md section 6.8). */
export const TeamRow = named('TeamRow', {
  id: Id,
  name: Type.String(),
  description: nullable(Type.String()),
  allow_auto_assign: Type.Boolean(),
  account_id: Id,
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type TeamRow = Static<typeof TeamRow>;

/** Inside conversations and events. */
export const EventTeam = named('EventTeam', { id: Id, name: Type.String() });
export type EventTeam = Static<typeof EventTeam>;

const path = `${accountPath}/teams` as const;
const input = fields({
  name: FilledText,
  description: Type.Optional(nullable(Type.String({ maxLength: 10_000 }))),
  allow_auto_assign: Type.Optional(Type.Boolean()),
});
const members = fields({ user_ids: Ids });

export const agentTeams = endpoints({
  agentListTeams: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Teams',
    summary: 'List the teams of the account by name',
    params: accountParams,
    returns: Type.Array(Team),
  },
  agentCreateTeam: {
    method: 'POST',
    path,
    auth: 'administrator',
    root: 'team',
    tag: 'Teams',
    summary: 'Make a team',
    description: 'The name is stored in lower case and is unique in the account.',
    params: accountParams,
    body: input,
    returns: Team,
  },
  agentGetTeam: {
    method: 'GET',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Teams',
    summary: 'Read a team',
    params: recordParams,
    returns: Team,
  },
  agentUpdateTeam: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'administrator',
    root: 'team',
    tag: 'Teams',
    summary: 'Change a team',
    params: recordParams,
    body: Type.Partial(input),
    returns: Team,
  },
  agentDeleteTeam: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'administrator',
    tag: 'Teams',
    summary: 'Delete a team',
    description: 'Its conversations stay, without a team.',
    params: recordParams,
    returns: null,
  },
  agentListTeamMembers: {
    method: 'GET',
    path: `${path}/{id}/team_members`,
    auth: 'agent',
    tag: 'Teams',
    summary: 'List the members of a team by name',
    params: recordParams,
    returns: Type.Array(Agent),
  },
  agentAddTeamMembers: {
    method: 'POST',
    path: `${path}/{id}/team_members`,
    auth: 'administrator',
    tag: 'Teams',
    summary: 'Add agents to a team',
    description: 'Answers those who were added. Somebody outside the account: 401 and nobody is added.',
    params: recordParams,
    body: members,
    returns: Type.Array(Agent),
  },
  agentSetTeamMembers: {
    method: 'PATCH',
    path: `${path}/{id}/team_members`,
    auth: 'administrator',
    tag: 'Teams',
    summary: 'Replace the members of a team',
    params: recordParams,
    body: members,
    returns: Type.Array(Agent),
  },
  agentRemoveTeamMembers: {
    method: 'DELETE',
    path: `${path}/{id}/team_members`,
    auth: 'administrator',
    tag: 'Teams',
    summary: 'Take agents out of a team',
    params: recordParams,
    body: members,
    returns: null,
  },
});
