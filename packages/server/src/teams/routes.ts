/** Teams and their members: endpoint to verb. */
import type { agentTeams } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { addTeamMembers, listTeamMembers, removeTeamMembers, setTeamMembers } from './members.ts';
import { createTeam, deleteTeam, listTeams, showTeam, updateTeam } from './teams.ts';

export const teamRoutes: Routes<typeof agentTeams> = {
  agentListTeams: listTeams,
  agentCreateTeam: createTeam,
  agentGetTeam: showTeam,
  agentUpdateTeam: updateTeam,
  agentDeleteTeam: deleteTeam,
  agentListTeamMembers: listTeamMembers,
  agentAddTeamMembers: addTeamMembers,
  agentSetTeamMembers: setTeamMembers,
  agentRemoveTeamMembers: removeTeamMembers,
};
