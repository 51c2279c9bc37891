/** Reads the contacts of a view page by page, as far as the agent scrolls. */
import type { Contact } from '@hoory/client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ApiInput, api } from '../api/api.ts';
import { conditionsOf } from '../api/conditions.ts';
import { useSession } from '../session/session.ts';
import type { View } from './view.ts';

/** One page, the same for all endpoints. */
interface Page {
  contacts: Contact[];
  /** Number of contacts on all pages; unknown for a search. */
  count: number | undefined;
  /** Where the next page begins; null after the last. */
  next: string | null | undefined;
}

/** The contacts of a view, page by page. Every view has its own endpoint; the screen sees one shape. */
export function useContacts(view: View) {
  const { account_id } = useSession();
  return useInfiniteQuery({
    queryKey: ['contacts', account_id, view],
    queryFn: ({ pageParam: cursor, signal }) => readPage(view, cursor || undefined, signal),
    // The first page has no cursor.
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

/** Chooses the endpoint: text, saved filter, presence and label have one each. */
async function readPage(
  { q, label, sort, online, saved }: View,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Page> {
  const input = { cursor, sort, include_contact_inboxes: false };
  if (saved === undefined && q.trim()) {
    const { meta, payload } = await api('GET /contacts/search', { ...input, q: q.trim() }, { signal });
    return { contacts: payload, count: undefined, next: meta.next_cursor };
  }
  const { meta, payload } =
    saved !== undefined
      ? await readFiltered(saved, input, signal)
      : online
        ? await api('GET /contacts/active', input, { signal })
        : await api('GET /contacts', { ...input, ...(label && { labels: [label] }) }, { signal });
  return { contacts: payload, count: meta.count, next: meta.next_cursor };
}

/** A saved filter is read first: its conditions may have changed in another tab. */
async function readFiltered(id: number, input: ApiInput<'POST /contacts/filter'>, signal: AbortSignal) {
  const filter = await api('GET /custom_filters/{id}', { id }, { signal });
  return api('POST /contacts/filter', { ...input, payload: conditionsOf(filter) }, { signal });
}
