/** Writes of agents in conversations, to contacts, notifications and deliveries. */
import { agentApi, clientApi } from '@hoory/contract';
import { numberAt } from '../call.ts';
import { contactOf, conversationOf, type Question, question, type Scene, sessionOf } from '../question.ts';

const administrator = { as: 'administrator' } as const;
const content = 'It is on its way.';

/** A conversation of its own, for what cannot be done twice. */
async function ownConversation(scene: Scene) {
  const begun = await scene.ask(clientApi.createConversation, sessionOf(scene));
  return { conversation_id: numberAt(begun, 'id') };
}

/** A message of its own, in the conversation of the scene. */
async function ownMessage({ ask, site: { account_id }, agent, sample }: Scene) {
  const at = { conversation_id: sample.id };
  const posted = await ask(agentApi.agentPostMessage, { account_id, ...at, content }, agent.token);
  return { ...at, message_id: numberAt(posted, 'id') };
}

async function ownNote({ ask, site: { account_id }, agent, sample }: Scene) {
  const at = { contact_id: sample.contact_id };
  const made = await ask(agentApi.agentCreateNote, { account_id, ...at, content }, agent.token);
  return { ...at, id: numberAt(made, 'id') };
}

/** A contact of its own. */
async function ownContact({ ask, site: { account_id }, agent, random }: Scene): Promise<number> {
  const email = `growth-${random.below(1e12)}@example.test`;
  const made = await ask(agentApi.agentCreateContact, { account_id, name: 'Grace', email }, agent.token);
  return numberAt(made, 'payload', 'contact', 'id');
}

/** The newest notification of the agent, read or not: a conversation is assigned to make one. */
async function ownNotification({ ask, site, agent, sample }: Scene) {
  const { account_id, administrator } = site;
  const at = { account_id, conversation_id: sample.id };
  for (const assignee_id of [administrator.id, agent.id])
    await ask(agentApi.agentAssignConversation, { ...at, assignee_id }, administrator.token);
  const includes = ['read', 'snoozed'];
  const list = await ask(agentApi.agentListNotifications, { account_id, includes }, agent.token);
  return { id: numberAt(list, 'data', 'payload', 0, 'id') };
}

async function refusedDelivery({ ask, site }: Scene) {
  const { account_id, administrator, webhooks } = site;
  const endpoint = `webhook:${webhooks.refusing}`;
  const list = await ask(agentApi.agentListWebhookDeliveries, { account_id, endpoint }, administrator.token);
  return { id: numberAt(list, 'payload', 0, 'id') };
}

const conversationWrites: readonly Question[] = [
  question(agentApi.agentPostMessage)('write', 'reply', {
    input: (scene) => ({ ...conversationOf(scene), content }),
  }),
  question(agentApi.agentPostMessage)('write', 'note in a conversation', {
    input: (scene) => ({ ...conversationOf(scene), content, private: true }),
  }),
  question(agentApi.agentPostMessage)('write', 'reply in the long conversation', {
    input: ({ site }) => ({ conversation_id: site.long_conversation.id, content }),
  }),
  question(agentApi.agentCreateConversation)('write', 'new conversation', {
    input: ({ sample }) => ({ source_id: sample.source_id, message: { content } }),
  }),
  question(agentApi.agentAssignConversation)('write', 'assign', {
    input: (scene) => ({ ...conversationOf(scene), assignee_id: scene.agent.id }),
  }),
  question(agentApi.agentAssignConversation)('write', 'assign a team', {
    input: (scene) => ({ ...conversationOf(scene), team_id: scene.random.pick(scene.site.teams) }),
  }),
  question(agentApi.agentSetConversationLabels)('write', 'label', {
    input: (scene) => ({ ...conversationOf(scene), labels: [scene.random.pick(scene.site.labels)] }),
  }),
  question(agentApi.agentToggleStatus)('write', 'open', {
    input: (scene) => ({ ...conversationOf(scene), status: 'open' }),
  }),
  question(agentApi.agentToggleStatus)('write', 'resolve', {
    input: (scene) => ({ ...conversationOf(scene), status: 'resolved' }),
  }),
  question(agentApi.agentToggleStatus)('write', 'snooze', {
    input: (scene) => ({ ...conversationOf(scene), status: 'snoozed' }),
  }),
  question(agentApi.agentTogglePriority)('write', 'priority', {
    input: (scene) => ({ ...conversationOf(scene), priority: scene.turn % 2 ? 'low' : 'high' }),
  }),
  question(agentApi.agentUpdateConversation)('write', 'priority by PATCH', {
    input: (scene) => ({ ...conversationOf(scene), priority: scene.turn % 2 ? 'high' : 'low' }),
  }),
  question(agentApi.agentSetConversationAttributes)('write', 'conversation attributes', {
    input: (scene) => ({ ...conversationOf(scene), custom_attributes: { order_number: `B-${scene.turn}` } }),
  }),
  question(agentApi.agentUpdateLastSeen)('write', 'read a conversation', { input: conversationOf }),
  question(agentApi.agentMarkUnread)('write', 'mark unread', { input: conversationOf }),
  question(agentApi.agentMuteConversation)('write', 'mute', { input: conversationOf }),
  question(agentApi.agentUnmuteConversation)('write', 'unmute', { input: conversationOf }),
  question(agentApi.agentToggleTyping)('write', 'typing', {
    input: (scene) => ({ ...conversationOf(scene), typing_status: 'on' }),
  }),
  question(agentApi.agentSetDraft)('write', 'keep a draft', {
    input: (scene) => ({ ...conversationOf(scene), message: `${content} ${scene.turn}` }),
  }),
  question(agentApi.agentDeleteDraft)('write', 'forget a draft', { input: conversationOf }),
  question(agentApi.agentAddParticipants)('write', 'add a participant', {
    input: (scene) => ({ ...conversationOf(scene), user_ids: [scene.agent.id] }),
  }),
  question(agentApi.agentSetParticipants)('write', 'set participants', {
    input: (scene) => ({ ...conversationOf(scene), user_ids: [scene.site.administrator.id] }),
  }),
  question(agentApi.agentRemoveParticipants)('write', 'remove a participant', {
    input: (scene) => ({ ...conversationOf(scene), user_ids: [scene.site.administrator.id] }),
  }),
  question(agentApi.agentUpdateMessage)('write', 'status of a message', {
    input: async (scene) => ({ ...(await ownMessage(scene)), status: 'delivered' }),
  }),
  question(agentApi.agentRetryMessage)('write', 'retry a message', { input: ownMessage }),
  question(agentApi.agentDeleteMessage)('write', 'take back a message', { input: ownMessage }),
  question(agentApi.agentBulkAction)('write', 'bulk: label 20 conversations', {
    input: ({ site, random, turn }) => ({
      type: 'Conversation',
      ids: Array.from({ length: 20 }, () => random.pick(site.samples).id),
      labels: { add: [site.labels[turn % site.labels.length] ?? ''] },
    }),
    turns: 5,
  }),
  question(agentApi.agentDeleteConversation)('write', 'delete a conversation', {
    ...administrator,
    input: ownConversation,
    turns: 10,
  }),
];

const contactWrites: readonly Question[] = [
  question(agentApi.agentCreateContact)('write', 'new contact', {
    input: ({ site, random }) => ({
      inbox_id: site.inboxes[0]?.id,
      name: 'Grace Growth',
      email: `growth-${random.below(1e12)}@example.test`,
    }),
  }),
  question(agentApi.agentUpdateContact)('write', 'change a contact', {
    input: (scene) => ({ ...contactOf(scene), additional_attributes: { city: `City ${scene.turn}` } }),
  }),
  question(agentApi.agentUpdateContact)('write', 'rename a contact', {
    input: (scene) => ({ ...contactOf(scene), name: `Grace ${scene.turn}` }),
  }),
  question(agentApi.agentDeleteContactAttributes)('write', 'remove a contact attribute', {
    input: (scene) => ({ ...contactOf(scene), custom_attributes: ['seats'] }),
  }),
  question(agentApi.agentSetContactLabels)('write', 'label a contact', {
    input: (scene) => ({ ...contactOf(scene), labels: [scene.random.pick(scene.site.labels)] }),
  }),
  question(agentApi.agentCreateContactInbox)('write', 'new session', {
    input: (scene) => ({ ...contactOf(scene), inbox_id: scene.site.inboxes[scene.turn % 5]?.id ?? 0 }),
  }),
  question(agentApi.agentCreateNote)('write', 'note about a contact', {
    input: ({ sample }) => ({ contact_id: sample.contact_id, content }),
  }),
  question(agentApi.agentGetNote)('read', 'note', { input: ownNote }),
  question(agentApi.agentUpdateNote)('write', 'change a note', {
    input: async (scene) => ({ ...(await ownNote(scene)), content: `${content} ${scene.turn}` }),
  }),
  question(agentApi.agentDeleteNote)('write', 'delete a note', { input: ownNote }),
  question(agentApi.agentMergeContacts)('write', 'merge contacts', {
    input: async (scene) => ({
      base_contact_id: scene.sample.contact_id,
      mergee_contact_id: await ownContact(scene),
    }),
    turns: 10,
  }),
  question(agentApi.agentDeleteContact)('write', 'erase a contact', {
    ...administrator,
    input: async (scene) => ({ id: await ownContact(scene) }),
    turns: 10,
  }),
];

/** Writes to all notifications of an agent come last, once for each agent: they leave no notification to change again. */
const notificationWrites: readonly Question[] = [
  question(agentApi.agentReadNotification)('write', 'notification read', { input: ownNotification }),
  question(agentApi.agentUnreadNotification)('write', 'notification unread', { input: ownNotification }),
  question(agentApi.agentSnoozeNotification)('write', 'snooze a notification', {
    input: async (scene) => ({
      ...(await ownNotification(scene)),
      snoozed_until: Math.floor(Date.now() / 1000) + 86_400,
    }),
  }),
  question(agentApi.agentDeleteNotification)('write', 'delete a notification', { input: ownNotification }),
  question(agentApi.agentReadAllNotifications)('write', 'all notifications of a conversation read', {
    input: ({ sample }) => ({ primary_actor_type: 'Conversation', primary_actor_id: sample.id }),
  }),
  question(agentApi.agentReadAllNotifications)('write', 'all notifications read', { turns: 5 }),
  question(agentApi.agentDestroyAllNotifications)('write', 'delete read notifications', {
    input: () => ({ type: 'read' }),
    turns: 5,
  }),
];

const deliveryWrites: readonly Question[] = [
  question(agentApi.agentReplayWebhookDelivery)('write', 'send a delivery again', {
    ...administrator,
    input: refusedDelivery,
    turns: 5,
  }),
  question(agentApi.agentReplayWebhookDeliveries)('write', 'send the deliveries of a day again', {
    ...administrator,
    input: ({ site }) => ({
      endpoint: `webhook:${site.webhooks.refusing}`,
      since: Math.floor(site.ends_at / 1000) - 86_400,
    }),
    turns: 1,
  }),
  question(agentApi.agentTestWebhookEndpoint)('write', 'test a webhook', {
    ...administrator,
    input: ({ site }) => ({ endpoint: `webhook:${site.webhooks.answering}` }),
    turns: 5,
  }),
];

export const writeQuestions: readonly Question[] = [
  ...conversationWrites,
  ...contactWrites,
  ...notificationWrites,
  ...deliveryWrites,
];
