/** Deliveries to one address page by page; asked for again while some are on their way. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ApiOutput, api } from '../api/api.ts';
import { useSession } from '../session/session.ts';

export type WebhookDelivery = ApiOutput<'GET /webhook_deliveries'>['payload'][number];
export type Status = WebhookDelivery['status'];

/** As many as the server puts on a page. */
const PAGE_SIZE = 50;

/** How soon to ask again what became of these, in milliseconds: often while one is being sent, `false` when all is settled. */
export function pollingInterval(deliveries: readonly WebhookDelivery[]): number | false {
  const open = deliveries.filter(({ status }) => status === 'pending' || status === 'waiting');
  const isSending = open.some(
    ({ status, next_attempt_at: next }) =>
      status === 'pending' && (next === null || next * 1000 <= Date.now() + 1000),
  );
  return open.length > 0 && (isSending ? 500 : 3_000);
}

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
