/** Canned responses: endpoint to verb. */
import type { agentCannedResponses } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import {
  createCannedResponse,
  deleteCannedResponse,
  listCannedResponses,
  updateCannedResponse,
} from './canned-responses.ts';

export const cannedResponseRoutes: Routes<typeof agentCannedResponses> = {
  agentListCannedResponses: listCannedResponses,
  agentCreateCannedResponse: createCannedResponse,
  agentUpdateCannedResponse: updateCannedResponse,
  agentDeleteCannedResponse: deleteCannedResponse,
};
