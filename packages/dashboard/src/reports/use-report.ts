/** Reads the reports of a scope. The answers of the scope before stay on the screen while the next are loaded. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, call } from '../api/api.ts';
import { useSession } from '../session/session.ts';
import { type Scope, toQuery } from './scope.ts';

export const metrics = [
  'conversations_count',
  'incoming_messages_count',
  'outgoing_messages_count',
  'avg_first_response_time',
  'avg_resolution_time',
] as const;
export type Metric = (typeof metrics)[number];

/** One day of a metric. */
export interface Point {
  value: number;
  /** Start of the day in unix seconds. */
  timestamp: number;
  count?: number;
}

/** Totals with those of the span before, and each metric by day. */
export function useReport(scope: Scope) {
  const { account_id } = useSession();
  return useQuery({
    queryKey: ['report', account_id, scope],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { account_id, ...toQuery(scope) };
      const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const [summary, ...series] = await Promise.all([
        call('GET /api/v2/accounts/{account_id}/reports/summary', query, { signal }),
        ...metrics.map((metric) =>
          call(
            'GET /api/v2/accounts/{account_id}/reports',
            { ...query, metric, group_by: 'day', timezone },
            { signal },
          ),
        ),
      ]);
      const byMetric = new Map(metrics.map((metric, at) => [metric, series[at] ?? []]));
      return { summary, pointsOf: (metric: Metric): Point[] => byMetric.get(metric) ?? [] };
    },
  });
}

/** Ratings of customers in the span, beside the number of surveys that were sent. */
export function useCsat(scope: Scope) {
  const { account_id } = useSession();
  return useQuery({
    queryKey: ['csat report', account_id, scope],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const { type, id, since, until } = toQuery(scope);
      const filter =
        id === undefined
          ? {}
          : type === 'agent'
            ? { user_ids: [id] }
            : type === 'inbox'
              ? { inbox_id: id }
              : { team_id: id };
      return api('GET /csat_survey_responses/metrics', { since, until, ...filter }, { signal });
    },
  });
}

/** Open, unattended and unassigned conversations now, read again every 30 seconds: events do not carry these counts. */
export function useNowMetrics() {
  const { account_id } = useSession();
  return useQuery({
    queryKey: ['live metrics', account_id],
    refetchInterval: 30_000,
    queryFn: ({ signal }) =>
      call('GET /api/v2/accounts/{account_id}/live_reports/conversation_metrics', { account_id }, { signal }),
  });
}
