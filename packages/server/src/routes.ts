/** All routes of HTTP on one page: the verbs that serve each table of endpoints of the contract. */
import {
  agentAccounts,
  agentAgents,
  agentBots,
  agentBulkActions,
  agentCannedResponses,
  agentContactErasure,
  agentContacts,
  agentConversations,
  agentConversationUpkeep,
  agentCsat,
  agentCustomAttributes,
  agentCustomFilters,
  agentFeed,
  agentInboxes,
  agentIntegrations,
  agentLabels,
  agentMessages,
  agentNotes,
  agentNotifications,
  agentParticipants,
  agentReports,
  agentSearch,
  agentSystem,
  agentTeams,
  agentUploads,
  agentWebhookDeliveries,
  agentWebhooks,
  auth,
  clientContacts,
  clientConversations,
  clientCsat,
  clientFeed,
  clientInboxes,
  clientMessages,
  doctor,
  probe,
  profile,
  profilePassword,
} from '@hoory/contract';
import type { FastifyInstance } from 'fastify';
import { accountRoutes } from './accounts/routes.ts';
import { agentBotRoutes } from './agent-bots/routes.ts';
import { agentRoutes } from './agents/routes.ts';
import type { App } from './app.ts';
import { assignmentRoutes } from './assignment/routes.ts';
import { agentFeedRoutes, clientFeedRoutes } from './auth/feed.ts';
import { profilePasswordRoutes } from './auth/profile.ts';
import { authRoutes } from './auth/routes.ts';
import { bulkRoutes } from './bulk-actions/bulk-actions.ts';
import { cannedResponseRoutes } from './canned-responses/routes.ts';
import { agentContactRoutes } from './contacts/agent-contacts.ts';
import { clientContactRoutes } from './contacts/client.ts';
import { conversationListRoutes } from './conversation-lists/routes.ts';
import { agentConversationRoutes } from './conversations/agent.ts';
import { clientConversationRoutes } from './conversations/client.ts';
import { contactErasureRoutes } from './conversations/erase-contact.ts';
import { participantRoutes } from './conversations/participants.ts';
import { conversationUpkeepRoutes } from './conversations/upkeep.ts';
import { customAttributeRoutes } from './custom-attributes/routes.ts';
import { customFilterRoutes } from './custom-filters/routes.ts';
import { doctorRoutes, registerDoctorUpload } from './doctor/routes.ts';
import { openSystemRoutes } from './doctor/system.ts';
import { registerFiles } from './files/serve.ts';
import { uploadRoutes } from './files/uploads.ts';
import { type Authentication, registerRoutes } from './http/routes.ts';
import { clientInboxRoutes } from './inboxes/public.ts';
import { inboxRoutes } from './inboxes/routes.ts';
import { labelRoutes } from './labels/routes.ts';
import { agentMessageRoutes } from './messages/agent.ts';
import { clientMessageRoutes } from './messages/client.ts';
import { clientCsatRoutes } from './messages/csat.ts';
import { noteRoutes } from './notes/routes.ts';
import { notificationRoutes } from './notifications/notifications.ts';
import { registerPages } from './pages/chat.ts';
import { registerDesk } from './pages/desk.ts';
import { registerPasswordPage } from './pages/password.ts';
import { registerSurveyPage } from './pages/survey.ts';
import { probeRoutes } from './probe.ts';
import { reportRoutes } from './reports/routes.ts';
import { searchRoutes } from './search/search.ts';
import { teamRoutes } from './teams/routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

interface Target {
  app: App;
  authentication: Authentication;
}

/** Registers the verbs of every table of endpoints, and the routes that serve files and pages. */
export function registerApi(http: FastifyInstance, app: App, authentication: Authentication): void {
  const to: Target = { app, authentication };
  registerRoutes(http, to, probe, probeRoutes);
  registerClientApi(http, to);
  registerRoutes(http, to, auth, authRoutes(app));
  registerRoutes(http, to, profilePassword, profilePasswordRoutes);
  // Some clients redirect a browser to this address to sign in (application-api.md section 6.1).
  http.get('/auth/sign_in', (_request, reply) => reply.redirect('/app'));
  registerAgentApi(http, to);
  registerRoutes(http, to, doctor, doctorRoutes);
  registerDoctorUpload(http, app);
  registerFiles(http, app);
  registerPages(http, app);
  registerPasswordPage(http, app);
  registerSurveyPage(http, app);
  registerDesk(http, app);
}

function registerClientApi(http: FastifyInstance, to: Target): void {
  registerRoutes(http, to, clientInboxes, clientInboxRoutes);
  registerRoutes(http, to, clientContacts, clientContactRoutes);
  registerRoutes(http, to, clientConversations, clientConversationRoutes);
  registerRoutes(http, to, clientMessages, clientMessageRoutes);
  registerRoutes(http, to, clientCsat, clientCsatRoutes);
  registerRoutes(http, to, clientFeed, clientFeedRoutes);
}

function registerAgentApi(http: FastifyInstance, to: Target): void {
  registerRoutes(http, to, { ...agentAccounts, ...agentIntegrations }, accountRoutes);
  registerRoutes(http, to, { ...profile, ...agentAgents }, agentRoutes);
  registerRoutes(http, to, agentTeams, teamRoutes);
  registerRoutes(http, to, agentLabels, labelRoutes);
  registerRoutes(http, to, agentCannedResponses, cannedResponseRoutes);
  registerRoutes(http, to, agentCustomFilters, customFilterRoutes);
  registerRoutes(http, to, agentBots, agentBotRoutes);
  registerRoutes(http, to, agentInboxes, inboxRoutes);
  registerRoutes(http, to, agentContacts, agentContactRoutes);
  registerRoutes(http, to, agentContactErasure, contactErasureRoutes);
  registerRoutes(http, to, agentNotes, noteRoutes);
  registerRoutes(http, to, agentConversations, {
    ...agentConversationRoutes,
    ...conversationListRoutes,
    ...assignmentRoutes,
  });
  registerRoutes(http, to, agentConversationUpkeep, conversationUpkeepRoutes);
  registerRoutes(http, to, agentParticipants, participantRoutes);
  registerRoutes(http, to, agentBulkActions, bulkRoutes);
  registerRoutes(http, to, agentNotifications, notificationRoutes);
  registerRoutes(http, to, agentSearch, searchRoutes);
  registerRoutes(http, to, agentMessages, agentMessageRoutes);
  registerRoutes(http, to, agentUploads, uploadRoutes);
  registerRoutes(http, to, { ...agentWebhooks, ...agentWebhookDeliveries }, webhookRoutes);
  registerRoutes(http, to, agentCustomAttributes, customAttributeRoutes);
  registerRoutes(http, to, { ...agentReports, ...agentCsat }, reportRoutes);
  registerRoutes(http, to, agentFeed, agentFeedRoutes);
  registerRoutes(http, to, agentSystem, openSystemRoutes(to.app));
}
