/** Verbs of reports over time and summaries (application-api.md section 6.16). */
import type { ReportMetric, ReportPoint, ReportSummary, ReportTotals, ReportType } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { toTimezone } from '../accounts/time-zone.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import { type Clock, clockOf, fixedClock } from '../time.ts';
import { bucketStart, hourMs, listBucketStarts, type Period, type TimeSpan } from './buckets.ts';
import type { ReportEvent } from './record.ts';
import { loadScope, type Scope } from './scope.ts';

interface SpanInput {
  type?: ReportType;
  id?: number;
  since?: number;
  until?: number;
  /** Whether durations count only the working hours of the inbox. */
  business_hours?: boolean;
}

/**
 * The values of one metric in each bucket of a span, counts or averages in seconds.
 * @throws invalid 422 on `timezone`, not_found for an agent, inbox, team or label that is not in the account,
 * unprocessable 422 for too many buckets
 */
export async function showReport(
  app: App,
  { account }: AgentCaller,
  input: SpanInput & TimeZoneInput & { metric: ReportMetric; group_by?: Period },
): Promise<ReportPoint[]> {
  const { metric, type = 'account', id = 0, group_by = 'day', business_hours = false } = input;
  const during = toTimeSpan(app, input);
  const span = { ...during, clock: readClock(input, group_by, during.since) };
  const starts = listBucketStarts(group_by, span);
  const scope = await loadScope(app.db.longReads, { account_id: account.id, type, id });
  const sums = new Map<number, MetricSum>();
  for (const { time, count, total } of await sumByQuarterHour(app.db.longReads, account.id, {
    metric,
    scope,
    span,
    business_hours,
  })) {
    const start = bucketStart(group_by, span.clock.toLocal(time));
    const sum = sums.get(start) ?? { count: 0, total: 0 };
    sums.set(start, { count: sum.count + count, total: sum.total + total });
  }
  const isAverage = averages[metric] !== undefined;
  return starts.map((start) => {
    const { count, total } = sums.get(start) ?? { count: 0, total: 0 };
    const timestamp = Math.floor(span.clock.toUtc(start) / 1000);
    return isAverage ? { value: count && total / count, timestamp, count } : { value: count, timestamp };
  });
}

interface TimeZoneInput {
  /** Hours. */
  timezone_offset?: number;
  timezone?: string;
}

/** The clock of the named time zone, else of the offset. @throws invalid 422 for an unknown time zone */
function readClock({ timezone_offset = 0, timezone }: TimeZoneInput, group_by: Period, since: number): Clock {
  if (!timezone) return fixedClock(Math.round(timezone_offset * hourMs));
  const clock = clockOf(toTimezone(timezone));
  // Hours have a fixed offset: with the zone's clock, the hour that repeats when summer time ends would be one bucket.
  return group_by === 'hour' ? fixedClock(clock.toLocal(since) - since) : clock;
}

/** The totals of a span, and those of the span of the same length before it. @throws not_found as for `showReport` */
export async function showSummary(
  app: App,
  { account }: AgentCaller,
  input: SpanInput,
): Promise<ReportSummary> {
  const { type = 'account', id = 0, business_hours = false } = input;
  const scope = await loadScope(app.db.longReads, { account_id: account.id, type, id });
  const span = toTimeSpan(app, input);
  const before = { since: span.since - (span.until - span.since), until: span.since };
  const totals = (during: Omit<TimeSpan, 'clock'>) =>
    loadTotals(app.db.longReads, account.id, { scope, span: during, business_hours });
  return { ...(await totals(span)), previous: await totals(before) };
}

/** The requested span in milliseconds; by default the last seven days. */
function toTimeSpan(app: App, { since, until }: SpanInput): Omit<TimeSpan, 'clock'> {
  const end = until === undefined ? app.now() : until * 1000;
  return { until: end, since: since === undefined ? end - 7 * 24 * hourMs : since * 1000 };
}

const averages: Partial<Record<ReportMetric, ReportEvent>> = {
  avg_first_response_time: 'first_response',
  avg_resolution_time: 'conversation_resolved',
  reply_time: 'reply_time',
};
const counts: Partial<Record<ReportMetric, ReportEvent>> = {
  resolutions_count: 'conversation_resolved',
  bot_resolutions_count: 'conversation_bot_resolved',
  bot_handoffs_count: 'conversation_bot_handoff',
};

interface MetricSum {
  count: number;
  /** Sum of durations in seconds; 0 for metrics that are only counted. */
  total: number;
}

/** Incoming and outgoing messages that are not private. Written exactly like the condition of the index, which it must match. */
const isPublicMessage = sql<boolean>`message_type in (0, 1) and private = 0`;

interface ReportQuery {
  scope: Scope;
  span: Omit<TimeSpan, 'clock'>;
  business_hours: boolean;
}

/** Where a metric is counted: `total` is the SQL sum of its durations. */
interface MetricSource {
  table: RawBuilder<unknown>;
  where: RawBuilder<boolean>;
  total: RawBuilder<number>;
}

const durationColumn = (business_hours: boolean) =>
  sql.ref(business_hours ? 'value_in_business_hours' : 'value');

function toMetricSource(
  metric: ReportMetric,
  { scope, business_hours }: Pick<ReportQuery, 'scope' | 'business_hours'>,
): MetricSource {
  const nothing = sql<number>`0`;
  switch (metric) {
    case 'conversations_count':
      return { table: sql`conversations`, where: scope.conversations, total: nothing };
    case 'incoming_messages_count':
    case 'outgoing_messages_count': {
      const type = sql.lit(metric === 'incoming_messages_count' ? 0 : 1);
      const where = sql<boolean>`${isPublicMessage} and message_type = ${type} and ${scope.messages}`;
      return { table: sql`messages`, where, total: nothing };
    }
    default: {
      const name = averages[metric] ?? counts[metric];
      const where = sql<boolean>`name = ${name} and ${scope.events}`;
      return { table: sql`report_events`, where, total: sql<number>`sum(${durationColumn(business_hours)})` };
    }
  }
}

/** Offsets of time zones are multiples of a quarter of an hour, so a quarter lies in one bucket of any zone. */
const quarterHourMs = hourMs / 4;

/** Counts and sums for each quarter of an hour; `time` is its start in milliseconds. */
async function sumByQuarterHour(
  db: Sql,
  account_id: number,
  { metric, scope, span, business_hours }: ReportQuery & { metric: ReportMetric; span: TimeSpan },
): Promise<(MetricSum & { time: number })[]> {
  const { table, where, total } = toMetricSource(metric, { scope, business_hours });
  const { since, until } = span;
  const rows = await db.all(
    sql<MetricSum & { quarter: number }>`select created_at / ${sql.lit(quarterHourMs)} as quarter,
      count(*) as count, cast(${total} as bigint) as total
      from ${table} where account_id = ${account_id} and created_at >= ${since} and created_at < ${until} and ${where}
      group by 1`,
  );
  return rows.map(({ quarter, ...sum }) => ({ ...sum, time: quarter * quarterHourMs }));
}

/** The totals of one span, with three queries: conversations, messages, recorded durations. */
async function loadTotals(
  db: Sql,
  account_id: number,
  { scope, span, business_hours }: ReportQuery,
): Promise<ReportTotals> {
  const during = sql<boolean>`account_id = ${account_id} and created_at >= ${span.since} and created_at < ${span.until}`;
  const conversations = await db.get(
    sql<{
      count: number;
    }>`select count(*) as count from conversations where ${during} and ${scope.conversations}`,
  );
  const messages = await db.all(
    sql<{ message_type: number; count: number }>`select message_type, count(*) as count from messages
      where ${during} and ${isPublicMessage} and ${scope.messages} group by message_type`,
  );
  const events = await db.all(
    sql<
      MetricSum & { name: string }
    >`select name, count(*) as count, cast(sum(${durationColumn(business_hours)}) as bigint) as total from report_events
      where ${during} and name in ('first_response', 'reply_time', 'conversation_resolved') and ${scope.events}
      group by name`,
  );
  const messagesOf = (type: number) => messages.find(({ message_type }) => message_type === type)?.count ?? 0;
  const sumOf = (event: ReportEvent) => events.find(({ name }) => name === event);
  const averageOf = (name: ReportEvent) => {
    const sum = sumOf(name);
    return sum ? sum.total / sum.count : null;
  };
  return {
    conversations_count: conversations?.count ?? 0,
    incoming_messages_count: messagesOf(0),
    outgoing_messages_count: messagesOf(1),
    avg_first_response_time: averageOf('first_response'),
    avg_resolution_time: averageOf('conversation_resolved'),
    resolutions_count: sumOf('conversation_resolved')?.count ?? 0,
    reply_time: averageOf('reply_time'),
  };
}
