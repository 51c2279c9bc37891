/** The view of the contacts: search text, filters and order, kept in the address. */
import { idOf, oneOf, paths, type RawSearch, textOf, useGo, useRouteSearch } from '../route-paths.ts';

export const sorts = ['-last_activity_at', '-created_at', 'name', 'email'] as const;
export type Sort = (typeof sorts)[number];

/** Filters and order of the list. */
export interface View {
  /** Text to find; blank shows all who are identified. */
  q: string;
  label: string | null;
  sort: Sort;
  online: boolean;
  /** A filter that the agent has saved; it takes the place of text, label and presence. */
  saved: number | undefined;
}

/** The search part of the address; absent fields mean the defaults. */
interface ContactSearch {
  q?: string;
  label?: string;
  sort?: Sort;
  online?: true;
  saved?: number;
}

/** The router reads a text of digits as a number, hence `String`. */
export const validateContactSearch = (raw: RawSearch): ContactSearch => ({
  q: raw.q === undefined ? undefined : String(raw.q),
  label: textOf(raw.label),
  sort: oneOf(sorts, raw.sort),
  online: raw.online === true || undefined,
  saved: idOf(raw.saved),
});

/** The view and a function that changes it. Each change is a step in the history, except the letters of a search. */
export function useView(): [View, (change: Partial<View>) => void] {
  const go = useGo();
  const search = useRouteSearch(validateContactSearch);
  const view: View = {
    q: search.q ?? '',
    label: search.label ?? null,
    sort: search.sort ?? '-last_activity_at',
    online: search.online === true,
    saved: search.saved,
  };
  const change = (next: Partial<View>) => {
    const { q, label, sort, online, saved } = { ...view, ...next };
    go({
      to: paths.contacts,
      search: {
        q: q || undefined,
        label: label ?? undefined,
        sort: sort === '-last_activity_at' ? undefined : sort,
        online: online || undefined,
        saved,
      },
      replace: next.q !== undefined,
    });
  };
  return [view, change];
}
