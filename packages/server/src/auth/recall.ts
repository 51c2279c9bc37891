/**
 * Caches sessions as the gate found them last, so that a posted message needs no look-up before its transaction. A cached
 * session may be stale, also because of another process. It cannot make an answer wrong: only verbs that compare all of it
 * with the locked rows take it (`isStillOwn`), and a difference, or a missing row, loads the caller anew and asks again.
 */
import type { SessionCaller } from '../caller.ts';

/** Sessions, and the most characters that the customer's own data may hold in one: some megabytes in all. */
const most = 5_000;
const mostText = 2_000;

export interface Recall {
  find(key: string): SessionCaller | undefined;
  /** Keeps what the gate has found, in place of the oldest when there are too many. */
  keep(key: string, caller: SessionCaller | undefined): void;
}

export function openRecall(): Recall {
  const callers = new Map<string, SessionCaller>();
  return {
    find: (key) => callers.get(key),
    keep: (key, caller) => {
      callers.delete(key);
      if (!caller?.place || !isRecallable(caller)) return;
      if (callers.size >= most) callers.delete(callers.keys().next().value as string);
      callers.set(key, { isRecalled: true, ...caller });
    },
  };
}

/** A verified session reaches conversations of others too, whose transactions do not read this one. */
function isRecallable({ place, inbox, session, contact }: SessionCaller): boolean {
  const texts = [
    inbox.additional_attributes,
    session.claims,
    contact.additional_attributes,
    contact.custom_attributes,
  ];
  return (
    place?.contact_inbox_id === session.id && texts.reduce((sum, { length }) => sum + length, 0) <= mostText
  );
}
