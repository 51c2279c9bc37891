/**
 * Table of contents of the wire.
 *
 * One thing has up to three shapes, named by who reads it:
 * - bare (`Conversation`, `Message`) and `ContactSession`, `ContactRecord`, `PublicInbox`: the Client API, for customers
 * - `Agent...` (`AgentConversation`, `AgentMessage`), and bare where customers have no such noun (`Inbox`, `Contact`,
 *   `Agent`, `User`, `Webhook`): the agent API
 * - `Event...` (`EventConversation`, `EventMessage`, `EventContact`, `EventUser`): senders, cable, webhooks
 * - `...Row`: a stored row that the agent API shows as it is; `Short...`: a shorter form inside another object
 *
 * Operation ids: bare for customers (`postMessage`), with `agent` in front for what works inside an account
 * (`agentPostMessage`), bare again for sign-in, profile and probes.
 */
import { agentAccounts } from './accounts.ts';
import { agentAgents } from './agents.ts';
import { auth } from './auth.ts';
import { agentContacts, clientContacts } from './contacts.ts';
import { agentConversations, clientConversations } from './conversations.ts';
import { clientCsat } from './csat.ts';
import { agentCustomAttributes } from './custom-attributes.ts';
import { agentFeed, clientFeed } from './feed.ts';
import { agentInboxes, clientInboxes } from './inboxes.ts';
import { agentIntegrations } from './integrations.ts';
import { agentMessages, clientMessages } from './messages.ts';
import { probe } from './probe.ts';
import { profile } from './profile.ts';
import { agentWebhooks } from './webhooks.ts';

export * from './accounts.ts';
export * from './agent-bots.ts';
export * from './agents.ts';
export * from './attachments.ts';
export * from './auth.ts';
export * from './cable.ts';
export * from './contacts.ts';
export * from './conversations.ts';
export * from './csat.ts';
export * from './custom-attributes.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './feed.ts';
export * from './inboxes.ts';
export * from './integrations.ts';
export * from './messages.ts';
export * from './notifications.ts';
export * from './paths.ts';
export * from './probe.ts';
export * from './profile.ts';
export * from './schema.ts';
export * from './senders.ts';
export * from './teams.ts';
export * from './webhooks.ts';

/** What customers' clients call (client-api.md). */
export const clientApi = {
  ...clientInboxes,
  ...clientContacts,
  ...clientConversations,
  ...clientMessages,
  ...clientCsat,
  ...clientFeed,
};

/** What agents' tools, bots and bridges call (application-api.md). */
export const agentApi = {
  ...probe,
  ...auth,
  ...profile,
  ...agentAccounts,
  ...agentAgents,
  ...agentInboxes,
  ...agentContacts,
  ...agentConversations,
  ...agentMessages,
  ...agentWebhooks,
  ...agentCustomAttributes,
  ...agentIntegrations,
  ...agentFeed,
};
