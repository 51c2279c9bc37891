/** The address of the search: text and kind. */
import { oneOf, type RawSearch } from '../route-paths.ts';

export const kinds = ['all', 'conversations', 'contacts', 'messages'] as const;
export type Kind = (typeof kinds)[number];

/** The router reads a text of digits as a number, hence `String`. */
export const validateSearch = (raw: RawSearch): { q?: string; kind?: Kind } => ({
  q: raw.q === undefined ? undefined : String(raw.q),
  kind: oneOf(kinds, raw.kind),
});
