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
export * from './accounts.ts';
export * from './agent-bots.ts';
export * from './agent-contacts.ts';
export * from './agent-conversations.ts';
export * from './agent-csat.ts';
export * from './agent-inboxes.ts';
export * from './agent-messages.ts';
export * from './agents.ts';
export * from './apis.ts';
export * from './asyncapi.ts';
export * from './attachments.ts';
export * from './auth.ts';
export * from './bounds.ts';
export * from './bulk-actions.ts';
export * from './cable.ts';
export * from './canned-responses.ts';
export * from './contacts.ts';
export * from './conversation-upkeep.ts';
export * from './conversations.ts';
export * from './csat.ts';
export * from './custom-attributes.ts';
export * from './custom-filters.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './feed.ts';
export * from './filters.ts';
export * from './inboxes.ts';
export * from './integrations.ts';
export * from './labels.ts';
export * from './messages.ts';
export * from './notes.ts';
export * from './notifications.ts';
export * from './openapi.ts';
export * from './own.ts';
export * from './participants.ts';
export * from './paths.ts';
export * from './positions.ts';
export * from './probe.ts';
export * from './profile.ts';
export * from './reports.ts';
export * from './schema.ts';
export * from './search.ts';
export * from './senders.ts';
export * from './sent-body.ts';
export * from './system.ts';
export * from './tags.ts';
export * from './teams.ts';
export * from './text.ts';
export * from './uploads.ts';
export * from './version.ts';
export * from './webhook-deliveries.ts';
export * from './webhook-payloads.ts';
export * from './webhooks.ts';
