/** The address of the search: what is searched for, and of which kind. */
import { oneOf, type RawSearch } from '../route-paths.ts';

export const kinds = ['all', 'conversations', 'contacts', 'messages'] as const;
export type Kind = (typeof kinds)[number];

/** A text of digits alone stands as a number in the address. */
export const validateSearch = (raw: RawSearch): { q?: string; kind?: Kind } => ({
  q: raw.q === undefined ? undefined : String(raw.q),
  kind: oneOf(kinds, raw.kind),
});
