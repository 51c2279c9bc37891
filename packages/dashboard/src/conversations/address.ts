/** What the address says: which conversation, which list, and what is open beside it. So that Back goes back. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type Filter, sorts, statuses, tabs } from '../live/lists.ts';
import { remember, remembered } from '../session/storage.ts';

export interface Address {
  id: number | undefined;
  filter: Filter;
  /** The contact pane lies over the thread, where there is no room beside it. */
  contact: boolean;
}

interface Search {
  tab?: string;
  status?: string;
  sort?: string;
  inbox?: number;
  team?: number;
  label?: string;
  saved?: number;
  contact?: boolean;
}

export function useAddress(): Address {
  const { id } = useParams({ strict: false }) as { id?: string };
  const search = useSearch({ strict: false }) as Search;
  return {
    id: id && /^\d{1,15}$/.test(id) ? Number(id) : undefined,
    filter: {
      tab: oneOf(tabs, search.tab) ?? 'me',
      status: oneOf(statuses, search.status) ?? 'open',
      sort: oneOf(sorts, search.sort) ?? oneOf(sorts, remembered('listSort')) ?? 'last_activity_at_desc',
      inbox_id: number(search.inbox),
      team_id: number(search.team),
      label: typeof search.label === 'string' ? search.label : undefined,
      saved: number(search.saved),
    },
    contact: search.contact === true,
  };
}

/** Opens a conversation, or the list alone, with the list as it is. */
export function useOpenConversation(): (id: number | undefined, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return (id, options) =>
    void navigate({
      to: '/conversations/{-$id}',
      params: { id: id === undefined ? undefined : String(id) },
      search: (({ contact: _, ...search }: Search) => search) as never,
      ...options,
    });
}

export function useSetFilter(): (change: Partial<Filter>) => void {
  const navigate = useNavigate();
  return (change) => {
    if (change.sort) remember('listSort', change.sort);
    const { inbox_id, team_id, ...rest } = change;
    const next = {
      ...rest,
      ...('inbox_id' in change && { inbox: inbox_id }),
      ...('team_id' in change && { team: team_id }),
    };
    void navigate({ to: '.', search: ((search: Search) => ({ ...search, ...next })) as never });
  };
}

export function useShowContact(): (contact: boolean) => void {
  const navigate = useNavigate();
  return (contact) =>
    void navigate({
      to: '.',
      search: ((search: Search) => ({ ...search, contact: contact || undefined })) as never,
    });
}

const oneOf = <Word extends string>(words: readonly Word[], text: string | undefined): Word | undefined =>
  words.find((word) => word === text);

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? value : undefined;
