/** Questions about what an account is made of, about notifications and about events. */
import { agentApi } from '@hoory/contract';
import { textAt } from '../call.ts';
import { type Question, question, type Scene } from '../question.ts';

const { agentListNotifications } = agentApi;
const as = 'administrator';

/** The cursor as a client has it that has just begun to listen. */
async function newestCursor({ ask, site: { account_id }, agent }: Scene) {
  return { after: textAt(await ask(agentApi.agentListEvents, { account_id }, agent.token), 'cursor') };
}

export const accountQuestions: readonly Question[] = [
  question(agentListNotifications)('first page', 'notifications'),
  question(agentListNotifications)('first page', 'notifications, read as well', {
    input: () => ({ includes: ['read', 'snoozed'] }),
  }),
  question(agentListNotifications)('first page', 'notifications, oldest first', {
    input: () => ({ sort_order: 'asc' }),
  }),
  question(agentListNotifications)('read', 'notifications, page 20', { input: () => ({ page: 20 }) }),
  question(agentApi.agentCountUnreadNotifications)('counter', 'unread notifications'),
  question(agentApi.agentGetNotificationSettings)('read', 'notification settings'),
  question(agentApi.agentListEvents)('read', 'events, from now'),
  question(agentApi.agentListEvents)('read', 'events, after a cursor', { input: newestCursor }),
  question(agentApi.agentGetAccount)('read', 'account'),
  question(agentApi.agentGetCacheKeys)('read', 'cache keys'),
  question(agentApi.getProfile)('read', 'profile'),
  question(agentApi.agentListAgents)('first page', 'agents'),
  question(agentApi.agentListInboxes)('first page', 'inboxes'),
  question(agentApi.agentGetInbox)('read', 'inbox', {
    input: ({ site }) => ({ id: site.inboxes[0]?.id ?? 0 }),
  }),
  question(agentApi.agentListInboxMembers)('read', 'inbox members', {
    input: ({ site }) => ({ inbox_id: site.inboxes[0]?.id ?? 0 }),
  }),
  question(agentApi.agentListAssignableAgents)('read', 'assignable agents', {
    input: ({ site }) => ({ inbox_ids: site.inboxes.map(({ id }) => id) }),
  }),
  question(agentApi.agentListInboxAssignableAgents)('read', 'assignable agents of an inbox', {
    input: ({ site }) => ({ id: site.inboxes[0]?.id ?? 0 }),
  }),
  question(agentApi.agentListTeams)('first page', 'teams'),
  question(agentApi.agentListTeamMembers)('read', 'team members', {
    input: ({ site }) => ({ id: site.teams[0] ?? 0 }),
  }),
  question(agentApi.agentListLabels)('first page', 'labels'),
  question(agentApi.agentListCannedResponses)('first page', 'canned responses'),
  question(agentApi.agentListCannedResponses)('read', 'canned responses, searched', {
    input: () => ({ search: 'ba' }),
  }),
  question(agentApi.agentListCustomAttributes)('first page', 'custom attributes'),
  question(agentApi.agentListCustomFilters)('first page', 'custom filters'),
  question(agentApi.agentListBots)('first page', 'agent bots'),
  question(agentApi.agentListWebhooks)('first page', 'webhooks', { as }),
];
