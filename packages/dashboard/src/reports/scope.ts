/** What a report is about: a span of time, and everything or one agent, inbox or team; kept in the address. */
import { oneOf, paths, type RawSearch, textOf, useGo, useRouteSearch } from '../route-paths.ts';

export const spans = [7, 30, 90] as const;
export type Span = (typeof spans)[number];

export interface Scope {
  days: Span;
  /** `account`, or a kind and an id: `agent:4`. */
  of: string;
}

/** An address with another span or kind shows the default instead of an error. */
export const validateScope = (raw: RawSearch): Partial<Scope> => ({
  days: oneOf(spans, raw.days),
  of: /^(agent|inbox|team):\d{1,15}$/.test(textOf(raw.of) ?? '') ? textOf(raw.of) : undefined,
});

/** The scope is in the address: a report can be linked to. */
export function useScope(): [Scope, (change: Partial<Scope>) => void] {
  const go = useGo();
  const { days = 30, of = 'account' } = useRouteSearch(validateScope);
  const scope: Scope = { days, of };
  return [scope, (next) => go({ to: paths.reports, search: { ...scope, ...next } })];
}

/** As the server reads it. Whole days of this device, today included. */
export function toQuery({ days, of }: Scope) {
  const [type, id] = of.split(':') as ['account' | 'agent' | 'inbox' | 'team', string?];
  const end = new Date();
  end.setHours(24, 0, 0, 0);
  const until = Math.floor(end.getTime() / 1000);
  return { type, ...(id && { id: Number(id) }), since: until - days * 86_400, until };
}
