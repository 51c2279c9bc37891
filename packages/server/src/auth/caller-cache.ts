/**
 * Caches sessions as authentication loaded them last, so that a posted message needs no look-up before its transaction. A cached
 * session may be stale, also because of another process. It cannot make an answer wrong: only verbs that compare all of it
 * with the locked rows take it (`isStillOwn`), and a difference, or a missing row, loads the caller anew and asks again.
 */
import { LRUCache } from 'lru-cache';
import type { SessionCaller } from '../caller.ts';

/** Sessions, and the most characters that the customer's own data may hold in one: some megabytes in all. */
const maxCallers = 5_000;
const maxTextLength = 2_000;

export interface CallerCache {
  get(key: string): SessionCaller | undefined;
  /** Stores a loaded session; the least recently used one is evicted when the cache is full. */
  set(key: string, caller: SessionCaller | undefined): void;
}

export function openCallerCache(): CallerCache {
  const callers = new LRUCache<string, SessionCaller>({ max: maxCallers });
  return {
    get: (key) => callers.get(key),
    set: (key, caller) => {
      if (caller?.conversation && isCacheable(caller)) callers.set(key, { isCached: true, ...caller });
      else callers.delete(key);
    },
  };
}

/** A verified session reaches conversations of others too, whose transactions do not read this one. */
function isCacheable({ conversation, inbox, session, contact }: SessionCaller): boolean {
  const texts = [
    inbox.additional_attributes,
    session.claims,
    contact.additional_attributes,
    contact.custom_attributes,
  ];
  return (
    conversation?.contact_inbox_id === session.id &&
    texts.reduce((sum, { length }) => sum + length, 0) <= maxTextLength
  );
}
