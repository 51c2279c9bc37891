/** Which contacts the list shows, as the address says it. */
import { useNavigate, useSearch } from '@tanstack/react-router';

export const sorts = ['-last_activity_at', '-created_at', 'name', 'email'] as const;
export type Sort = (typeof sorts)[number];

export interface View {
  /** Text to find; blank shows all who are identified. */
  q: string;
  label: string | null;
  sort: Sort;
  online: boolean;
  /** A filter that the agent has saved; it takes the place of text, label and presence. */
  saved: number | undefined;
}

/** The view, and what changes it; Back goes to the view before, except between letters of a search. */
export function useView(): [View, (change: Partial<View>) => void] {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Partial<Record<keyof View, unknown>>;
  const view: View = {
    q: search.q === undefined ? '' : String(search.q),
    label: typeof search.label === 'string' ? search.label : null,
    sort: sorts.find((one) => one === search.sort) ?? '-last_activity_at',
    online: search.online === true,
    saved: typeof search.saved === 'number' ? search.saved : undefined,
  };
  const change = (next: Partial<View>) => {
    const { q, label, sort, online, saved } = { ...view, ...next };
    void navigate({
      to: '/contacts',
      search: {
        q: q || undefined,
        label: label ?? undefined,
        sort: sort === '-last_activity_at' ? undefined : sort,
        online: online || undefined,
        saved,
      } as never,
      replace: next.q !== undefined,
    });
  };
  return [view, change];
}
