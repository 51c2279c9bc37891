/**
 * Numbers of an account over time, their totals beside the time before, and live counts (application-api.md section 6.16).
 * Durations are seconds. CSV files are not served (section 10).
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, paging } from './paths.ts';
import { fields, Id, idOf, named, nullable, object, UnixSeconds, words } from './schema.ts';
import { Availability } from './senders.ts';

/** The figure of a report; names of averages begin with `avg_`, except `reply_time`. */
export const reportMetrics = [
  'conversations_count',
  'incoming_messages_count',
  'outgoing_messages_count',
  'avg_first_response_time',
  'avg_resolution_time',
  'reply_time',
  'resolutions_count',
  'bot_resolutions_count',
  'bot_handoffs_count',
] as const;
export const ReportMetric = words(...reportMetrics);
export type ReportMetric = Static<typeof ReportMetric>;

/** The scope of a report; all but `account` name one by `id`. */
export const ReportType = words('account', 'agent', 'inbox', 'label', 'team');
export type ReportType = Static<typeof ReportType>;

/** One bar of a chart. */
export const ReportPoint = named('ReportPoint', {
  value: Type.Number({ description: 'a number of things, or seconds on average' }),
  timestamp: Type.Integer({ description: 'unix seconds, negative before 1970' }),
  count: Type.Optional(Type.Integer({ description: 'of averages: over how many things' })),
});
export type ReportPoint = Static<typeof ReportPoint>;

const average = nullable(Type.Number({ description: 'seconds; null when there is nothing to average' }));
const totals = {
  conversations_count: Type.Integer(),
  incoming_messages_count: Type.Integer(),
  outgoing_messages_count: Type.Integer(),
  avg_first_response_time: average,
  avg_resolution_time: average,
  resolutions_count: Type.Integer(),
  reply_time: average,
};
/** Every number of a span of time. */
export const ReportTotals = named('ReportTotals', totals);
export type ReportTotals = Static<typeof ReportTotals>;

/** Totals beside those of the span before. */
export const ReportSummary = named('ReportSummary', {
  ...totals,
  previous: object(totals, 'the same of the equally long time before'),
});
export type ReportSummary = Static<typeof ReportSummary>;

/** Counts of conversations at this moment. */
export const ConversationMetrics = named('ConversationMetrics', {
  open: Type.Integer(),
  unattended: Type.Integer({ description: 'open, and the customer waits for an answer' }),
  unassigned: Type.Integer({ description: 'open, and nobody has it' }),
  pending: Type.Integer(),
});
export type ConversationMetrics = Static<typeof ConversationMetrics>;

/** Open conversations of one agent at this moment. */
export const AgentMetrics = named('AgentMetrics', {
  id: Id,
  name: Type.String(),
  email: Type.String(),
  thumbnail: Type.String(),
  availability: Availability,
  metric: object({ open: Type.Integer(), unattended: Type.Integer() }),
});
export type AgentMetrics = Static<typeof AgentMetrics>;

const base = '/api/v2/accounts/{account_id}';
const throttle = { name: 'reports', most: 100, seconds: 60, per: 'user' } as const;
const span = {
  type: Type.Optional(ReportType),
  id: Type.Optional(idOf('of the agent, inbox, label or team')),
  since: Type.Optional(UnixSeconds),
  until: Type.Optional(UnixSeconds),
  business_hours: Type.Optional(
    Type.Boolean({ description: 'count durations within the working hours of the inbox, where it has them' }),
  ),
};

export const agentReports = endpoints({
  agentGetReport: {
    method: 'GET',
    path: `${base}/reports`,
    auth: 'administrator',
    throttle,
    tag: 'Reports',
    summary: 'Read a metric over time',
    description:
      'Without `since` and `until`: the last seven days. A span of more than 10 000 points is refused with 422.',
    params: accountParams,
    query: fields({
      metric: ReportMetric,
      ...span,
      group_by: Type.Optional(words('hour', 'day', 'week', 'month', 'year')),
      timezone_offset: Type.Optional(Type.Number({ minimum: -14, maximum: 14, description: 'hours' })),
      timezone: Type.Optional(
        Type.String({
          maxLength: 64,
          description:
            'IANA name, in the place of `timezone_offset`: days are right over a change of the clock',
        }),
      ),
    }),
    returns: Type.Array(ReportPoint),
  },
  agentGetReportSummary: {
    method: 'GET',
    path: `${base}/reports/summary`,
    auth: 'administrator',
    throttle,
    tag: 'Reports',
    summary: 'Read all metrics of a span of time and of the one before',
    params: accountParams,
    query: fields(span),
    returns: ReportSummary,
  },
  agentGetConversationMetrics: {
    method: 'GET',
    path: `${base}/reports/conversations`,
    auth: 'administrator',
    throttle,
    tag: 'Reports',
    summary: 'Count the conversations of the account, or of each agent, as they stand now',
    description:
      '`type=account` answers one object, `type=agent` a page of 25 agents by name. ' +
      'The header `x-next-cursor` of the answer holds the `cursor` of the next page; it is absent after the last.',
    params: accountParams,
    query: fields({ type: words('account', 'agent'), ...paging }),
    returns: Type.Union([ConversationMetrics, Type.Array(AgentMetrics)]),
  },
  agentGetLiveMetrics: {
    method: 'GET',
    path: `${base}/live_reports/conversation_metrics`,
    auth: 'administrator',
    throttle,
    tag: 'Reports',
    summary: 'Count the conversations of the account, or of a team, as they stand now',
    params: accountParams,
    query: fields({ team_id: Type.Optional(Id) }),
    returns: ConversationMetrics,
  },
});
