/** The whole HTTP surface on one page: which verbs serve which table of the contract. */
import {
  agentConversations,
  agentMessages,
  clientContacts,
  clientConversations,
  clientCsat,
  clientInboxes,
  clientMessages,
} from '@hoory/contract';
import type { FastifyInstance } from 'fastify';
import type { App } from './app.ts';
import { clientContactRoutes } from './contacts/client.ts';
import { registerFiles } from './files/serve.ts';
import { type Gate, registerRoutes } from './http/routes.ts';
import { clientInboxRoutes } from './inboxes/public.ts';
import { agentMessageRoutes } from './messages/agent.ts';
import { clientMessageRoutes } from './messages/client.ts';
import { agentConversationRoutes } from './threads/agent.ts';
import { clientConversationRoutes } from './threads/client.ts';
import { clientCsatRoutes } from './threads/csat.ts';

/** Registers every table with its verbs. */
export function registerApi(http: FastifyInstance, app: App, gate: Gate): void {
  const to = { app, gate };
  registerRoutes(http, to, clientInboxes, clientInboxRoutes);
  registerRoutes(http, to, clientContacts, clientContactRoutes);
  registerRoutes(http, to, clientConversations, clientConversationRoutes);
  registerRoutes(http, to, clientMessages, clientMessageRoutes);
  registerRoutes(http, to, clientCsat, clientCsatRoutes);
  registerRoutes(http, to, agentConversations, agentConversationRoutes);
  registerRoutes(http, to, agentMessages, agentMessageRoutes);
  registerFiles(http, app);
}
