/** Searches a text: the first hits of every kind, or the hits of one kind page by page. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ApiOutput, api } from '../api/api.ts';
import { useSession } from '../session/session.ts';
import type { Kind } from './address.ts';

type Everything = ApiOutput<'GET /search'>['payload'];
/** Hits by kind; lists of other kinds than the chosen one are empty. */
export type SearchHits = Pick<Everything, 'conversations' | 'contacts' | 'messages'>;

/** Hits for a text. The last ones stay on the screen while the next are loaded, so that the page does not flicker. */
export function useSearchHits(text: string, kind: Kind) {
  const { account_id } = useSession();
  const q = text.trim();
  return useInfiniteQuery({
    queryKey: ['search', account_id, kind, q],
    queryFn: ({ pageParam: cursor, signal }) => readPage({ q, kind, cursor: cursor || undefined, signal }),
    // The first page has no cursor.
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

interface SearchRequest {
  q: string;
  kind: Kind;
  cursor: string | undefined;
  signal: AbortSignal;
}

interface Page extends SearchHits {
  /** Where the next page of one kind begins; null after the last. */
  next?: string | null | undefined;
}

/** `all` has no further pages: it shows a few hits of each kind. */
async function readPage({ q, kind, cursor, signal }: SearchRequest): Promise<Page> {
  const options = { signal };
  switch (kind) {
    case 'all':
      return (await api('GET /search', { q }, options)).payload;
    case 'conversations':
      return toPage(await api('GET /search/conversations', { q, cursor }, options));
    case 'contacts':
      return toPage(await api('GET /search/contacts', { q, cursor }, options));
    case 'messages':
      return toPage(await api('GET /search/messages', { q, cursor }, options));
  }
}

/** The page of one kind. */
const toPage = ({
  meta,
  payload,
}: {
  meta?: { next_cursor?: string | null };
  payload: Partial<SearchHits>;
}): Page => ({
  conversations: [],
  contacts: [],
  messages: [],
  ...payload,
  next: meta?.next_cursor,
});
