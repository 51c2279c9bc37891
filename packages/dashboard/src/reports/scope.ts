/** The scope of a report: a span of days, and the whole account or one agent, inbox or team. */
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

/** The scope and its setter. It is kept in the address, so that a report can be linked to and Back returns to the last one. */
export function useScope(): [Scope, (change: Partial<Scope>) => void] {
  const go = useGo();
  const { days = 30, of = 'account' } = useRouteSearch(validateScope);
  const scope: Scope = { days, of };
  return [scope, (next) => go({ to: paths.reports, search: { ...scope, ...next } })];
}

const kinds = ['agent', 'inbox', 'team'] as const;

/** The query of the server: whole days in this device's time zone, today included. Times in unix seconds. */
export function toQuery({ days, of }: Scope) {
  const [kind, id] = of.split(':');
  const type: (typeof kinds)[number] | 'account' = oneOf(kinds, kind) ?? 'account';
  const end = new Date();
  end.setHours(24, 0, 0, 0);
  const until = Math.floor(end.getTime() / 1000);
  return { type, ...(id && { id: Number(id) }), since: until - days * 86_400, until };
}
