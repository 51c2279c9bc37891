/** Asks for what fits a text: a few of everything, or page by page of one kind. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ApiOutput, api } from '../api/api.ts';
import { useSession } from '../session/session.ts';

export const kinds = ['all', 'conversations', 'contacts', 'messages'] as const;
export type Kind = (typeof kinds)[number];

type Everything = ApiOutput<'GET /search'>['payload'];
export type Found = Pick<Everything, 'conversations' | 'contacts' | 'messages'>;

/** As many as the server puts on a page. */
const pageSize = 15;

export function useFound(text: string, kind: Kind) {
  const { account_id } = useSession();
  const q = text.trim();
  return useInfiniteQuery({
    queryKey: ['search', account_id, kind, q],
    queryFn: ({ pageParam: page, signal }) => ask({ q, kind, page, signal }),
    initialPageParam: 1,
    getNextPageParam: (last, _pages, page) =>
      kind !== 'all' && last[kind].length === pageSize ? page + 1 : undefined,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

interface Question {
  q: string;
  kind: Kind;
  page: number;
  signal: AbortSignal;
}

async function ask({ q, kind, page, signal }: Question): Promise<Found> {
  const none = { conversations: [], contacts: [], messages: [] };
  const options = { signal };
  switch (kind) {
    case 'all':
      return (await api('GET /search', { q }, options)).payload;
    case 'conversations':
      return { ...none, ...(await api('GET /search/conversations', { q, page }, options)).payload };
    case 'contacts':
      return { ...none, ...(await api('GET /search/contacts', { q, page }, options)).payload };
    case 'messages':
      return { ...none, ...(await api('GET /search/messages', { q, page }, options)).payload };
  }
}
