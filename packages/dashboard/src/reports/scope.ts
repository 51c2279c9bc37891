/** What a report is about: a span of time, and everything or one agent, inbox or team; kept in the address. */
import { useNavigate, useSearch } from '@tanstack/react-router';

export const spans = [7, 30, 90] as const;
export type Span = (typeof spans)[number];

export interface Scope {
  days: Span;
  /** `account`, or a kind and an id: `agent:4`. */
  of: string;
}

export function useScope(): [Scope, (change: Partial<Scope>) => void] {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { days?: unknown; of?: unknown };
  const scope: Scope = {
    days: spans.find((one) => one === search.days) ?? 30,
    of:
      typeof search.of === 'string' && /^(agent|inbox|team):\d{1,15}$/.test(search.of)
        ? search.of
        : 'account',
  };
  const change = (next: Partial<Scope>) =>
    void navigate({ to: '/reports', search: { ...scope, ...next } as never });
  return [scope, change];
}

/** As the server reads it. Whole days of this device, today included. */
export function toQuery({ days, of }: Scope) {
  const [type, id] = of.split(':') as ['account' | 'agent' | 'inbox' | 'team', string?];
  const end = new Date();
  end.setHours(24, 0, 0, 0);
  const until = Math.floor(end.getTime() / 1000);
  return { type, ...(id && { id: Number(id) }), since: until - days * 86_400, until };
}
