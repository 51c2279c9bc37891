/** Reads the contacts of a view page by page, as far as somebody scrolls. */
import type { Contact } from '@hoory/client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import { useSession } from '../session/session.ts';
import type { View } from './view.ts';

interface Page {
  contacts: Contact[];
  /** Of all pages; unknown while searching. */
  count: number | undefined;
  next: number | undefined;
}

/** As many as the server puts on a page. */
const pageSize = 15;

export function useContacts(view: View) {
  const { account_id } = useSession();
  return useInfiniteQuery({
    queryKey: ['contacts', account_id, view],
    queryFn: ({ pageParam, signal }) => readPage(view, pageParam, signal),
    initialPageParam: 1,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

async function readPage({ q, label, sort, online }: View, page: number, signal: AbortSignal): Promise<Page> {
  const input = { page, sort, include_contact_inboxes: false };
  if (q.trim()) {
    const { meta, payload } = await api('GET /contacts/search', { ...input, q: q.trim() }, { signal });
    return { contacts: payload, count: undefined, next: meta.has_more ? page + 1 : undefined };
  }
  const { meta, payload } = online
    ? await api('GET /contacts/active', input, { signal })
    : await api('GET /contacts', { ...input, ...(label && { labels: [label] }) }, { signal });
  const isLast = payload.length < pageSize || page * pageSize >= meta.count;
  return { contacts: payload, count: meta.count, next: isLast ? undefined : page + 1 };
}
