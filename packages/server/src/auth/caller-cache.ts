/**
 * Caches sessions that authentication has loaded, so that a posted message needs no query before its transaction. A cached
 * session may be stale, also because of another process. It cannot make an answer wrong: only verbs that compare all of it with
 * the locked rows use it (`isStillOwn`); after a difference the caller is loaded from the database and the request retried.
 */
import { LRUCache } from 'lru-cache';
import type { SessionCaller } from '../caller.ts';

const maxCallers = 5_000;
/** Characters of customer data in one cached session. Together with `maxCallers` this bounds the cache to some megabytes. */
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

/**
 * Only with a conversation of its own: a verified session may name one of another session, whose rows this one's are not compared
 * with.
 */
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
