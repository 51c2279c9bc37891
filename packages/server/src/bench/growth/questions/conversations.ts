/** Questions about lists of conversations: the desk's list in every order, filters, counts, one customer. */
import { agentApi, type ConversationOrder, type FilterCondition, type FilterOperator } from '@hoory/contract';
import { cursorAt } from '../call.ts';
import { conversationOf, type Question, question, type Scene } from '../question.ts';
import { knownWords } from '../words.ts';

const { agentListConversations, agentFilterConversations, agentGetConversationCounts } = agentApi;

const all = { status: 'all', assignee_type: 'all' } as const;
const orders: readonly ConversationOrder[] = [
  'last_activity_at_asc',
  'created_at_desc',
  'created_at_asc',
  'priority_desc',
  'priority_asc',
  'waiting_since_desc',
  'waiting_since_asc',
  'unread',
];

type Value = string | number | boolean;

const condition = (
  attribute_key: string,
  filter_operator: FilterOperator,
  values: Value[],
  query_operator: 'AND' | 'OR' | null = null,
): FilterCondition => ({ attribute_key, filter_operator, values, query_operator });

const filter = (name: string, ...payload: FilterCondition[]): Question =>
  question(agentFilterConversations)('read', `conversations/filter ${name}`, { input: () => ({ payload }) });

const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().replace(/T.*/, '');
const half = 182;

/** The cursor behind the first page. */
async function secondPage({ ask, site: { account_id }, agent }: Scene) {
  const answer = await ask(agentListConversations, { account_id, ...all }, agent.token);
  return { ...all, cursor: cursorAt(answer, 'data', 'meta', 'next_cursor') };
}

export const conversationQuestions: readonly Question[] = [
  question(agentListConversations)('first page', 'conversations, open', {
    input: () => ({ assignee_type: 'all' }),
  }),
  question(agentListConversations)('first page', 'conversations, mine', {
    input: () => ({ assignee_type: 'me' }),
  }),
  question(agentListConversations)('first page', 'conversations, unassigned', {
    input: () => ({ assignee_type: 'unassigned' }),
  }),
  question(agentListConversations)('first page', 'conversations, resolved', {
    input: () => ({ status: 'resolved', assignee_type: 'all' }),
  }),
  question(agentListConversations)('first page', 'conversations, snoozed', {
    input: () => ({ status: 'snoozed', assignee_type: 'all' }),
  }),
  question(agentListConversations)('first page', 'conversations, all', { input: () => all }),
  question(agentListConversations)('first page', 'conversations of an inbox', {
    input: ({ site }) => ({ ...all, inbox_id: site.inboxes[1]?.id }),
  }),
  question(agentListConversations)('first page', 'conversations of a team', {
    input: ({ site }) => ({ ...all, team_id: site.teams[0] }),
  }),
  question(agentListConversations)('first page', 'conversations of a common label', {
    input: ({ site }) => ({ ...all, labels: site.labels.slice(0, 1) }),
  }),
  question(agentListConversations)('first page', 'conversations of a rare label', {
    input: ({ site }) => ({ ...all, labels: site.labels.slice(-1) }),
  }),
  question(agentListConversations)('first page', 'conversations, unattended', {
    input: () => ({ ...all, conversation_type: 'unattended' }),
  }),
  question(agentListConversations)('first page', 'conversations, mentioned in', {
    input: () => ({ ...all, conversation_type: 'mention' }),
  }),
  question(agentListConversations)('first page', 'conversations, participating', {
    input: () => ({ ...all, conversation_type: 'participating' }),
  }),
  question(agentListConversations)('first page', 'conversations of a session', {
    input: ({ sample }) => ({ ...all, source_id: sample.source_id }),
  }),
  ...orders.map((sort_by) =>
    question(agentListConversations)('first page', `conversations by ${sort_by}`, {
      input: () => ({ ...all, sort_by }),
    }),
  ),
  question(agentListConversations)('read', 'conversations, cursor of page 2', { input: secondPage }),
  question(agentListConversations)('read', 'conversations, page 30', { input: () => ({ ...all, page: 30 }) }),
  question(agentListConversations)('read', 'conversations, page in the middle', {
    input: ({ site }) => ({ ...all, page: Math.ceil(site.messages / 10 / 25 / 2) }),
  }),
  question(agentListConversations)('read', 'conversations by priority, page in the middle', {
    input: ({ site }) => ({
      ...all,
      sort_by: 'priority_desc',
      page: Math.ceil(site.messages / 10 / 25 / 2),
    }),
  }),
  question(agentListConversations)('read', 'conversations, updated within a month', {
    input: () => ({ ...all, updated_within: 30 * 86_400 }),
  }),
  question(agentListConversations)('read', 'conversations, q common word', {
    input: () => ({ assignee_type: 'all', q: knownWords.common }),
  }),
  question(agentListConversations)('read', 'conversations, q rare word', {
    input: () => ({ assignee_type: 'all', q: knownWords.rare }),
  }),
  question(agentListConversations)('read', 'conversations, q Chinese', {
    input: () => ({ assignee_type: 'all', q: knownWords.chinese }),
  }),
  question(agentGetConversationCounts)('counter', 'meta'),
  question(agentGetConversationCounts)('counter', 'meta, all', { input: () => ({ status: 'all' }) }),
  question(agentGetConversationCounts)('counter', 'meta of an inbox', {
    input: ({ site }) => ({ inbox_id: site.inboxes[1]?.id }),
  }),
  question(agentGetConversationCounts)('read', 'meta of a label', {
    input: ({ site }) => ({ status: 'all', labels: site.labels.slice(0, 1) }),
  }),
  question(agentGetConversationCounts)('read', 'meta, q common word', {
    input: () => ({ q: knownWords.common }),
  }),
  filter('status', condition('status', 'equal_to', ['resolved'])),
  filter('created after', condition('created_at', 'is_greater_than', [dayBefore(half)])),
  filter('created before', condition('created_at', 'is_less_than', [dayBefore(half)])),
  filter('active after', condition('last_activity_at', 'is_greater_than', [dayBefore(half)])),
  filter('idle for 100 days', condition('last_activity_at', 'days_before', [100])),
  filter('label', condition('labels', 'equal_to', ['label-0'])),
  filter('without a label', condition('labels', 'not_equal_to', ['label-0'])),
  filter('priority', condition('priority', 'equal_to', ['urgent'])),
  filter('assignee missing', condition('assignee_id', 'is_not_present', [])),
  filter('number', condition('display_id', 'contains', ['77'])),
  filter('custom attribute', condition('order_number', 'equal_to', ['A-7'])),
  filter(
    'status and created',
    condition('status', 'equal_to', ['open'], 'AND'),
    condition('created_at', 'is_less_than', [dayBefore(half)]),
  ),
  filter(
    'label or priority',
    condition('labels', 'equal_to', ['label-23'], 'OR'),
    condition('priority', 'equal_to', ['urgent']),
  ),
  question(agentFilterConversations)('read', 'conversations/filter page in the middle', {
    input: ({ site }) => ({
      page: Math.ceil(site.messages / 10 / 25 / 2),
      payload: [condition('status', 'equal_to', ['resolved'])],
    }),
  }),
  question(agentApi.agentListContactConversations)('first page', 'conversations of a contact', {
    input: ({ sample }) => ({ id: sample.contact_id }),
  }),
  question(agentApi.agentListContactConversations)('read', 'conversations of the busy contact', {
    input: ({ site }) => ({ id: site.busy_customer.contact_id }),
  }),
  question(agentApi.agentGetConversation)('read', 'conversation', { input: conversationOf }),
  question(agentApi.agentListConversationLabels)('read', 'conversation labels', { input: conversationOf }),
  question(agentApi.agentListParticipants)('read', 'participants', { input: conversationOf }),
  question(agentApi.agentGetDraft)('read', 'draft', { input: conversationOf }),
  question(agentApi.agentListConversationAttachments)('first page', 'attachments', {
    input: conversationOf,
  }),
  question(agentApi.agentListMessages)('first page', 'messages', { input: conversationOf }),
  question(agentApi.agentListMessages)('first page', 'messages of the long conversation', {
    input: ({ site }) => ({ conversation_id: site.long_conversation.id }),
  }),
  question(agentApi.agentListMessages)('read', 'messages of the long conversation, the first 100', {
    input: ({ site }) => ({ conversation_id: site.long_conversation.id, after: 1 }),
  }),
  question(agentApi.agentListMessages)('read', 'public messages of the long conversation', {
    input: ({ site }) => ({ conversation_id: site.long_conversation.id, filter_internal_messages: true }),
  }),
];
