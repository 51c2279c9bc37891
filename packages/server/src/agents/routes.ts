/** Agents and the own profile: endpoint to verb. */
import type { agentAgents, profile } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { createAgent, deleteAgent, listAgents, updateAgent } from './agents.ts';
import { resetAccessToken, showProfile } from './profile.ts';

export const agentRoutes: Routes<typeof agentAgents & typeof profile> = {
  getProfile: showProfile,
  resetAccessToken,
  agentListAgents: listAgents,
  agentCreateAgent: createAgent,
  agentUpdateAgent: updateAgent,
  agentDeleteAgent: deleteAgent,
};
