/** Deliveries to one address page by page, polled while some are under way. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ApiOutput, api } from '../api/api.ts';
import { useSession } from '../session/session.ts';

export type WebhookDelivery = ApiOutput<'GET /webhook_deliveries'>['payload'][number];
export type Status = WebhookDelivery['status'];

/** Deliveries of a page on the server: a shorter page is the last. */
const PAGE_SIZE = 50;

/**
 * Milliseconds until deliveries are read again: 500 while one is being sent, 3 000 while one waits, `false` when all are
 * settled.
 */
export function pollingInterval(deliveries: readonly WebhookDelivery[]): number | false {
  const open = deliveries.filter(({ status }) => status === 'pending' || status === 'waiting');
  const isSending = open.some(
    ({ status, next_attempt_at: next }) =>
      status === 'pending' && (next === null || next * 1000 <= Date.now() + 1000),
  );
  return open.length > 0 && (isSending ? 500 : 3_000);
}

/** Deliveries with a status, or all; newest first. */
export function useDeliveries({ endpoint, status }: { endpoint: string; status: Status | null }) {
  const { account_id } = useSession();
  return useInfiniteQuery({
    queryKey: ['deliveries', account_id, endpoint, status],
    queryFn: ({ pageParam, signal }) =>
      api(
        'GET /webhook_deliveries',
        { endpoint, ...(status && { status }), ...(pageParam && { before: pageParam }) },
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: ({ payload }) => (payload.length < PAGE_SIZE ? undefined : payload.at(-1)?.id),
    staleTime: 0,
    refetchInterval: ({ state }) => pollingInterval(state.data?.pages[0]?.payload ?? []),
  });
}
