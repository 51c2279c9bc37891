/** Verbs of reports over time and summaries (application-api.md section 6.16). */
import type { ReportMetric, ReportPoint, ReportSummary, ReportTotals, ReportType } from '@hoory/contract';
import { toTimezone } from '../accounts/time-zone.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { type Clock, clockOf, fixedClock } from '../time.ts';
import { hourMs, listBuckets, type Period } from './buckets.ts';
import { loadScope } from './scope.ts';
import type { Interval } from './slots.ts';
import { type FactColumn, type FactSums, sumFacts } from './store-facts.ts';

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
  const buckets = listBuckets(group_by, span);
  const scope = await loadScope(app.db.longReads, { account_id: account.id, type, id });
  const { count: counted, total } = metricColumns(metric, business_hours);
  const sums = await sumFacts(app.db.longReads, {
    account_id: account.id,
    scope,
    intervals: buckets,
    columns: total ? [counted, total] : [counted],
  });
  return buckets.map(({ timestamp }, index) => {
    const count = sums[index]?.[counted] ?? 0;
    if (!total) return { value: count, timestamp };
    return { value: count && (sums[index]?.[total] ?? 0) / count, timestamp, count };
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
  const [during = {}, previous = {}] = await sumFacts(app.db.longReads, {
    account_id: account.id,
    scope,
    intervals: [span, before],
    columns: summaryColumns(business_hours),
  });
  return { ...toTotals(during, business_hours), previous: toTotals(previous, business_hours) };
}

/** The requested span in milliseconds; by default the last seven days. */
function toTimeSpan(app: App, { since, until }: SpanInput): Interval {
  const end = until === undefined ? app.now() : until * 1000;
  return { until: end, since: since === undefined ? end - 7 * 24 * hourMs : since * 1000 };
}

/** The columns of a metric: what is counted and, for an average, the sum of the durations. */
interface MetricColumns {
  count: FactColumn;
  total?: FactColumn;
}

function metricColumns(metric: ReportMetric, business_hours: boolean): MetricColumns {
  switch (metric) {
    case 'conversations_count':
      return { count: 'conversations' };
    case 'incoming_messages_count':
      return { count: 'incoming_messages' };
    case 'outgoing_messages_count':
      return { count: 'outgoing_messages' };
    case 'resolutions_count':
      return { count: 'resolutions' };
    case 'bot_resolutions_count':
      return { count: 'bot_resolutions' };
    case 'bot_handoffs_count':
      return { count: 'bot_handoffs' };
    case 'avg_first_response_time':
      return {
        count: 'first_responses',
        total: business_hours ? 'first_response_business_time' : 'first_response_time',
      };
    case 'avg_resolution_time':
      return { count: 'resolutions', total: business_hours ? 'resolution_business_time' : 'resolution_time' };
    case 'reply_time':
      return { count: 'replies', total: business_hours ? 'reply_business_time' : 'reply_time' };
  }
}

const summaryMetrics = [
  'conversations_count',
  'incoming_messages_count',
  'outgoing_messages_count',
  'avg_first_response_time',
  'avg_resolution_time',
  'resolutions_count',
  'reply_time',
] as const satisfies ReportMetric[];

function summaryColumns(business_hours: boolean): FactColumn[] {
  const columns = summaryMetrics.map((metric) => metricColumns(metric, business_hours));
  return [...new Set(columns.flatMap(({ count, total }) => (total ? [count, total] : [count])))];
}

function toTotals(sums: FactSums, business_hours: boolean): ReportTotals {
  const countOf = (metric: ReportMetric) => sums[metricColumns(metric, business_hours).count] ?? 0;
  const averageOf = (metric: ReportMetric) => {
    const { total } = metricColumns(metric, business_hours);
    const count = countOf(metric);
    return count && total ? (sums[total] ?? 0) / count : null;
  };
  return {
    conversations_count: countOf('conversations_count'),
    incoming_messages_count: countOf('incoming_messages_count'),
    outgoing_messages_count: countOf('outgoing_messages_count'),
    avg_first_response_time: averageOf('avg_first_response_time'),
    avg_resolution_time: averageOf('avg_resolution_time'),
    resolutions_count: countOf('resolutions_count'),
    reply_time: averageOf('reply_time'),
  };
}
