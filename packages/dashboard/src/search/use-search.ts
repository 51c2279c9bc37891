/** Asks for what fits a text: a few of everything, or page by page of one kind. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ApiOutput, api } from '../api/api.ts';
import { useSession } from '../session/session.ts';
import type { Kind } from './address.ts';

type Everything = ApiOutput<'GET /search'>['payload'];
export type Found = Pick<Everything, 'conversations' | 'contacts' | 'messages'>;

/** Hits for a text. The last ones stay while the next are on their way, so that the page does not flicker. */
export function useFound(text: string, kind: Kind) {
  const { account_id } = useSession();
  const q = text.trim();
  return useInfiniteQuery({
    queryKey: ['search', account_id, kind, q],
    queryFn: ({ pageParam: cursor, signal }) => ask({ q, kind, cursor, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

interface Question {
  q: string;
  kind: Kind;
  cursor: string | undefined;
  signal: AbortSignal;
}

interface Page extends Found {
  /** Where the next page of one kind begins; null after the last. */
  next?: string | null | undefined;
}

async function ask({ q, kind, cursor, signal }: Question): Promise<Page> {
  const options = { signal };
  switch (kind) {
    case 'all':
      return (await api('GET /search', { q }, options)).payload;
    case 'conversations':
      return only(await api('GET /search/conversations', { q, cursor }, options));
    case 'contacts':
      return only(await api('GET /search/contacts', { q, cursor }, options));
    case 'messages':
      return only(await api('GET /search/messages', { q, cursor }, options));
  }
}

/** Of one kind, whose other pages may follow. */
const only = ({
  meta,
  payload,
}: {
  meta?: { next_cursor?: string | null };
  payload: Partial<Found>;
}): Page => ({
  conversations: [],
  contacts: [],
  messages: [],
  ...payload,
  next: meta?.next_cursor,
});
