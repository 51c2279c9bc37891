/** Participants: agents who follow a conversation that need not be assigned to them (application-api.md section 6.8). */
import Type from 'typebox';
import { Agent } from './agents.ts';
import { endpoints } from './endpoint.ts';
import { conversationKeys, conversationPath } from './paths.ts';
import { fields, Ids } from './schema.ts';

const path = `${conversationPath}/participants` as const;
const params = fields(conversationKeys);
const body = fields({ user_ids: Type.Optional(Ids) });

export const agentParticipants = endpoints({
  agentListParticipants: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'List who follows a conversation',
    params,
    returns: Type.Array(Agent),
  },
  agentAddParticipants: {
    method: 'POST',
    path,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Add agents who see the inbox; answers those who were added',
    params,
    body,
    returns: Type.Array(Agent),
  },
  agentSetParticipants: {
    method: 'PATCH',
    path,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Replace who follows a conversation',
    params,
    body,
    returns: Type.Array(Agent),
  },
  agentRemoveParticipants: {
    method: 'DELETE',
    path,
    auth: 'agent',
    tag: 'Conversations',
    summary: 'Remove agents from who follows a conversation',
    params,
    body,
    returns: null,
  },
});
