/**
 * Paths, parameters and search of the app's addresses, for every screen. The table of screens stands above this file, so
 * a screen never imports another screen's code to link to it. Routes are made of that table, hence the router's types
 * know neither parameters nor search. This file is the only one that works around that.
 */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';

/** Paths beneath `/app` that several folders link to. */
export const paths = {
  signIn: '/sign-in',
  start: '/start',
  /** With or without an open conversation: one route, so that the list stays as it is. */
  conversations: '/conversations/{-$id}',
  contacts: '/contacts',
  search: '/search',
  reports: '/reports',
  settings: '/settings',
} as const;

/** The search of an address as the browser has it: anybody may have written it. */
export type RawSearch = Readonly<Record<string, unknown>>;

/** Brings the search of an address into the shape of a screen and leaves out what does not fit. */
export type ValidateSearch<Search extends object> = (raw: RawSearch) => Search;

/** The parameters of the path, as text. */
export const useRouteParams = (): Readonly<Partial<Record<string, string>>> => useParams({ strict: false });

/** The search of the current address, in the shape that the screen's route validates it to. */
export const useRouteSearch = <Search extends object>(validate: ValidateSearch<Search>): Search =>
  validate(useSearch({ strict: false }));

interface Target {
  /** The current path unless given. */
  to?: string;
  params?: Record<string, string | undefined>;
  /** Replaces the search, or makes the new one of the current one. */
  search: object | ((current: RawSearch) => object);
  /** Back does not return to the current address. */
  replace?: boolean;
}

/** Navigates with a search that is checked where it is read: by `validateSearch` of the route that it leads to. */
export function useGo(): (target: Target) => void {
  const navigate = useNavigate();
  return ({ to = '.', search, ...rest }) => void navigate({ to, search: toSearch(search), ...rest });
}

/**
 * For the `search` of a `Link`. The cast is the bridge named above: the router would accept only a search that its route
 * types know.
 */
export const toSearch = (search: Target['search']): never => search as never;

/** For `validateSearch`: the text, or nothing. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** For `validateSearch`: a positive number, or nothing. */
export const idOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? value : undefined;

/** For `validateSearch`: one of the words, or nothing. */
export const oneOf = <Word>(words: readonly Word[], value: unknown): Word | undefined =>
  words.find((word) => word === value);
