/** Questions of customers: everything of the Client API. */
import { clientApi } from '@hoory/contract';
import { textAt } from '../call.ts';
import { type Question, question, type Scene, sessionOf } from '../question.ts';

const as = 'customer';
const conversationOf = ({ sample }: Scene) => ({ ...sessionOf({ sample }), conversation_id: sample.id });
const content = 'Hello, where is my order?';

export const customerQuestions: readonly Question[] = [
  question(clientApi.getInbox)('read', 'customer: inbox', { as, input: sessionOf }),
  question(clientApi.getContact)('read', 'customer: contact', { as, input: sessionOf }),
  question(clientApi.listConversations)('read', 'customer: conversations', { as, input: sessionOf }),
  question(clientApi.listConversations)('read', 'busy customer: conversations', {
    as,
    input: ({ site }) => sessionOf({ sample: { ...site.long_conversation, ...site.busy_customer } }),
  }),
  question(clientApi.getConversation)('read', 'customer: conversation', { as, input: conversationOf }),
  question(clientApi.getConversation)('read', 'customer: the long conversation', {
    as,
    input: ({ site }) => ({
      ...sessionOf({ sample: site.long_conversation }),
      conversation_id: site.long_conversation.id,
    }),
  }),
  question(clientApi.listMessages)('first page', 'customer: messages', { as, input: conversationOf }),
  question(clientApi.listMessages)('first page', 'customer: messages of the long conversation', {
    as,
    input: ({ site }) => ({
      ...sessionOf({ sample: site.long_conversation }),
      conversation_id: site.long_conversation.id,
    }),
  }),
  question(clientApi.getCsatSurvey)('read', 'customer: survey', {
    as,
    input: ({ site, random }) => ({ conversation_uuid: random.pick(site.surveys) }),
  }),
  question(clientApi.listEvents)('read', 'customer: events', { as, input: sessionOf }),
  question(clientApi.listEvents)('read', 'customer: events after a cursor', {
    as,
    input: async (scene) => ({
      ...sessionOf(scene),
      after: textAt(await scene.ask(clientApi.listEvents, sessionOf(scene)), 'cursor'),
    }),
  }),
  question(clientApi.createContact)('write', 'customer: new contact', {
    as,
    input: ({ sample: { inbox_identifier }, random }) => ({
      inbox_identifier,
      name: 'Grace Growth',
      email: `growth-${random.below(1e12)}@example.test`,
    }),
  }),
  question(clientApi.updateContact)('write', 'customer: change the contact', {
    as,
    input: (scene) => ({ ...sessionOf(scene), custom_attributes: { seats: scene.turn } }),
  }),
  question(clientApi.createConversation)('write', 'customer: new conversation', { as, input: sessionOf }),
  question(clientApi.postMessage)('write', 'customer: message', {
    as,
    input: (scene) => ({ ...conversationOf(scene), content }),
  }),
  question(clientApi.postMessage)('write', 'customer: message in the long conversation', {
    as,
    input: ({ site }) => ({
      ...sessionOf({ sample: site.long_conversation }),
      conversation_id: site.long_conversation.id,
      content,
    }),
  }),
  question(clientApi.toggleTyping)('write', 'customer: typing', {
    as,
    input: (scene) => ({ ...conversationOf(scene), typing_status: 'on' }),
  }),
  question(clientApi.updateLastSeen)('write', 'customer: read', { as, input: conversationOf }),
  question(clientApi.toggleStatus)('write', 'customer: resolve', { as, input: conversationOf }),
];
