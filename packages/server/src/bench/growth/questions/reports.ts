/** Questions to reports, surveys, the ledger of webhooks and the report on identity. */
import { agentApi, reportMetrics } from '@hoory/contract';
import { numberAt } from '../call.ts';
import { type Question, question, type Scene } from '../question.ts';

const { agentGetReport, agentGetReportSummary, agentListCsatAnswers, agentListWebhookDeliveries } = agentApi;

const as = 'administrator';
const day = 86_400;

/** The days before the end of what was filled. */
const lastDays = (days: number, { site }: Scene) => {
  const until = Math.ceil(site.ends_at / 1000);
  return { since: until - days * day, until };
};

/** The newest delivery. */
async function newestDelivery({ ask, site: { account_id, administrator } }: Scene) {
  const answer = await ask(agentListWebhookDeliveries, { account_id }, administrator.token);
  return { id: numberAt(answer, 'payload', 0, 'id') };
}

export const reportQuestions: readonly Question[] = [
  ...reportMetrics.map((metric) =>
    question(agentGetReport)('read', `report ${metric}, a year by day`, {
      as,
      input: (scene) => ({ metric, type: 'account', group_by: 'day', ...lastDays(365, scene) }),
    }),
  ),
  question(agentGetReport)('read', 'report of an agent, a year by day', {
    as,
    input: (scene) => ({
      metric: 'outgoing_messages_count',
      type: 'agent',
      id: scene.agent.id,
      group_by: 'day',
      ...lastDays(365, scene),
    }),
  }),
  question(agentGetReport)('read', 'report of an inbox, a month by hour', {
    as,
    input: (scene) => ({
      metric: 'incoming_messages_count',
      type: 'inbox',
      id: scene.site.inboxes[0]?.id,
      group_by: 'hour',
      ...lastDays(30, scene),
    }),
  }),
  question(agentGetReportSummary)('read', 'report summary, a week', {
    as,
    input: (scene) => ({ type: 'account', ...lastDays(7, scene) }),
  }),
  question(agentGetReportSummary)('read', 'report summary, half a year', {
    as,
    input: (scene) => ({ type: 'account', ...lastDays(182, scene) }),
  }),
  question(agentGetReportSummary)('read', 'report summary, a label', {
    as,
    input: (scene) => ({ type: 'label', id: 1, ...lastDays(182, scene) }),
  }),
  question(agentGetReportSummary)('read', 'report summary, a team', {
    as,
    input: (scene) => ({ type: 'team', id: scene.site.teams[0], ...lastDays(182, scene) }),
  }),
  question(agentApi.agentGetConversationMetrics)('counter', 'report conversations, account', {
    as,
    input: () => ({ type: 'account' }),
  }),
  question(agentApi.agentGetConversationMetrics)('counter', 'report conversations, agents', {
    as,
    input: () => ({ type: 'agent' }),
  }),
  question(agentApi.agentGetLiveMetrics)('counter', 'live report', { as }),
  question(agentApi.agentGetLiveMetrics)('counter', 'live report of a team', {
    as,
    input: ({ site }) => ({ team_id: site.teams[0] }),
  }),
  question(agentListCsatAnswers)('first page', 'csat answers', { as }),
  question(agentListCsatAnswers)('read', 'csat answers, rating 1, a year', {
    as,
    input: (scene) => ({ rating: 1, ...lastDays(365, scene) }),
  }),
  question(agentListCsatAnswers)('read', 'csat answers, page 20', { as, input: () => ({ page: 20 }) }),
  question(agentApi.agentGetCsatMetrics)('counter', 'csat metrics', { as }),
  question(agentApi.agentGetCsatMetrics)('counter', 'csat reportMetrics of an inbox', {
    as,
    input: ({ site }) => ({ inbox_id: site.inboxes[0]?.id }),
  }),
  question(agentApi.agentGetIdentityReport)('read', 'identity report', {
    as,
    input: ({ site }) => ({ id: site.inboxes[0]?.id ?? 0 }),
  }),
  question(agentListWebhookDeliveries)('first page', 'ledger', { as }),
  ...(['failed', 'pending', 'waiting', 'delivered'] as const).map((status) =>
    question(agentListWebhookDeliveries)('first page', `ledger, ${status}`, {
      as,
      input: () => ({ status }),
    }),
  ),
  ...(['answering', 'refusing', 'dead'] as const).map((webhook) =>
    question(agentListWebhookDeliveries)('first page', `ledger of the ${webhook} webhook`, {
      as,
      input: ({ site }) => ({ endpoint: `webhook:${site.webhooks[webhook]}` }),
    }),
  ),
  question(agentListWebhookDeliveries)('first page', 'ledger of the dead webhook, failed', {
    as,
    input: ({ site }) => ({ endpoint: `webhook:${site.webhooks.dead}`, status: 'failed' }),
  }),
  question(agentListWebhookDeliveries)('read', 'ledger of a message', {
    as,
    input: () => ({ message_id: 100 }),
  }),
  question(agentApi.agentGetWebhookDelivery)('read', 'delivery', { as, input: newestDelivery }),
  question(agentApi.agentListWebhookEndpoints)('counter', 'webhook endpoints', { as }),
];
