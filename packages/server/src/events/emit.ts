/**
 * `emit` appends an event to the log in the transaction that caused it. Payloads are made by the noun that owns them, once per
 * audience; this room does not look inside.
 */
import type { Tx } from '../db/db.ts';
import type { LoggedEvents } from './logged-events.ts';

/** Names of streams (decisions.md 6). */
export const streamOf = {
  session: (contactInboxId: number) => `session:${contactInboxId}`,
  inbox: (inboxId: number) => `inbox:${inboxId}`,
  account: (accountId: number) => `account:${accountId}`,
  user: (userId: number) => `user:${userId}`,
  /** A user within one account: events for this user alone, such as notifications. */
  member: (accountId: number, userId: number) => `member:${accountId}:${userId}`,
};

/** One audience of an event: the streams to append it to, and its payload there. */
export interface Audience<Name extends keyof LoggedEvents> {
  /** Without duplicates. */
  streams: readonly string[];
  data: LoggedEvents[Name];
}

/** Appends `event` to the log of every stream of every audience when `tx` commits. An audience without streams costs nothing. */
export function emit<Name extends keyof LoggedEvents>(
  tx: Tx,
  event: Name,
  audiences: readonly Audience<Name>[],
): void {
  for (const { streams, data } of audiences) {
    if (streams.length) tx.logEntries.push({ streams, event, payload: JSON.stringify({ event, data }) });
  }
}
