/** Assignment of conversations: endpoint to verb. */
import type { agentConversations } from '@hoory/contract';
import type { Routes } from '../http/routes.ts';
import { assign } from './assign.ts';
import { toggleStatus } from './toggle-status.ts';

export const assignmentRoutes: Routes<
  Pick<typeof agentConversations, 'agentAssignConversation' | 'agentToggleStatus'>
> = {
  agentAssignConversation: assign,
  agentToggleStatus: toggleStatus,
};
