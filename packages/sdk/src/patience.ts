/** Every time limit of the SDK in one place; all in milliseconds unless said. */
import type { BackoffOptions } from './backoff.ts';

export interface Patience {
  /** From dialling a socket to its welcome. */
  welcome: number;
  /** Without a frame from the server (it pings every 3 s), after which the socket counts as dead. */
  silence: number;
  /** From asking for a subscription or its history to the answer. */
  confirm: number;
  /** Between tries: of the socket, of the event feed, of a queued message. */
  retry: BackoffOptions;
  /** Seconds the event feed may wait for something to happen; at most 25. */
  poll: number;
  /** "Is typing" is said again after this long. */
  typingAgain: number;
  /** Without a key for this long, typing is over. */
  typingIdle: number;
  /** Somebody else's typing is taken back after this long without news. */
  typingShown: number;
  /** Read marks are gathered for this long. */
  read: number;
}

export const defaultPatience: Patience = {
  welcome: 5_000,
  silence: 7_000,
  confirm: 10_000,
  retry: { min: 1_000, max: 30_000 },
  poll: 25,
  typingAgain: 10_000,
  typingIdle: 4_000,
  typingShown: 30_000,
  read: 500,
};
