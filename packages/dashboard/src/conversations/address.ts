/**
 * Reads and writes the address of the conversations: the open conversation, the filter of the list, and whether the
 * contact pane is open.
 */
import { type Filter, sorts, statuses, tabs } from '../live/lists.ts';
import {
  idOf,
  oneOf,
  paths,
  type RawSearch,
  textOf,
  useGo,
  useRouteParams,
  useRouteSearch,
} from '../route-paths.ts';
import { readStored, writeStored } from '../session/storage.ts';

/** The parsed address, with defaults filled in. */
export interface Address {
  id: number | undefined;
  filter: Filter;
  /** The contact pane lies over the thread, where there is no room beside it. */
  contact: boolean;
}

/** The search part of the address. Absent fields mean the defaults, so that an ordinary address stays short. */
interface ConversationSearch {
  tab?: Filter['tab'];
  status?: Filter['status'];
  sort?: Filter['sort'];
  inbox?: number;
  team?: number;
  label?: string;
  saved?: number;
  contact?: true;
}

/** Leaves out what no list has: an old or mistyped address still opens the list. */
export const validateConversationSearch = (raw: RawSearch): ConversationSearch => ({
  tab: oneOf(tabs, raw.tab),
  status: oneOf(statuses, raw.status),
  sort: oneOf(sorts, raw.sort),
  inbox: idOf(raw.inbox),
  team: idOf(raw.team),
  label: textOf(raw.label),
  saved: idOf(raw.saved),
  contact: raw.contact === true || undefined,
});

/** The address is the only state of list and thread: reload, Back and a copied link lead to the same view. */
export function useAddress(): Address {
  const { id } = useRouteParams();
  const { tab, status, sort, inbox, team, label, saved, contact } =
    useRouteSearch(validateConversationSearch);
  return {
    id: id && /^\d{1,15}$/.test(id) ? Number(id) : undefined,
    filter: {
      tab: tab ?? 'me',
      status: status ?? 'open',
      sort: sort ?? oneOf(sorts, readStored('listSort')) ?? 'last_activity_at_desc',
      inbox_id: inbox,
      team_id: team,
      label,
      saved,
    },
    contact: contact === true,
  };
}

/** Opens a conversation, or the list alone, with the list as it is. */
export function useOpenConversation(): (id: number | undefined, options?: { replace?: boolean }) => void {
  const go = useGo();
  return (id, options) =>
    go({
      to: paths.conversations,
      params: { id: id === undefined ? undefined : String(id) },
      search: withoutContact,
      ...options,
    });
}

/** The same list without the contact pane over the thread. */
export const withoutContact = (search: RawSearch): RawSearch => ({ ...search, contact: undefined });

/** Narrows the list by a step in the history; the order is remembered for the next visit. */
export function useSetFilter(): (change: Partial<Filter>) => void {
  const go = useGo();
  return (change) => {
    if (change.sort) writeStored('listSort', change.sort);
    const { inbox_id, team_id, ...rest } = change;
    const next = {
      ...rest,
      ...('inbox_id' in change && { inbox: inbox_id }),
      ...('team_id' in change && { team: team_id }),
    };
    go({ search: (current) => ({ ...current, ...next }) });
  };
}

/** Opens or closes the contact pane over the thread, as a step in the history: the back gesture closes it on a phone. */
export function useShowContact(): (contact: boolean) => void {
  const go = useGo();
  return (contact) => go({ search: (current) => ({ ...current, contact: contact || undefined }) });
}
