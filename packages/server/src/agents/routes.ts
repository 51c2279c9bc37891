/** Agents and the own profile: endpoint to verb. */
import type { agentAgents, profile } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { createAgent, createAgents, deleteAgent, listAgents, updateAgent } from './agents.ts';
import {
  resetAccessToken,
  setActiveAccount,
  setAutoOffline,
  setAvailability,
  showProfile,
  updateActiveAt,
} from './profile.ts';

export const agentRoutes: Routes<typeof agentAgents & typeof profile> = {
  getProfile: showProfile,
  resetAccessToken,
  setAvailability,
  setAutoOffline,
  setActiveAccount,
  agentUpdateActiveAt: updateActiveAt,
  agentListAgents: listAgents,
  agentCreateAgent: createAgent,
  agentCreateAgents: createAgents,
  agentUpdateAgent: updateAgent,
  agentDeleteAgent: deleteAgent,
};
