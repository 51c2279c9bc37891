/** Every time limit of the SDK in one place; all in milliseconds unless said. */
import type { BackoffOptions } from './backoff.ts';

export interface Timeouts {
  /** From dialling a socket to its welcome. */
  welcomeMs: number;
  /** Without a frame from the server (it pings every 3 s), after which the socket counts as dead. */
  silenceMs: number;
  /** From asking for a subscription or its history to the answer. */
  confirmMs: number;
  /** Between tries: of the socket, of the event feed, of a queued message. */
  retry: BackoffOptions;
  /** Seconds the event feed may wait for something to happen; at most 25. */
  pollSeconds: number;
  /** "Is typing" is said again after this long. */
  typingRepeatMs: number;
  /** Without a key for this long, typing is over. */
  typingIdleMs: number;
  /** Somebody else's typing is taken back after this long without news. */
  typingExpiryMs: number;
  /** Read marks are gathered for this long. */
  readDelayMs: number;
}

export const defaultTimeouts: Timeouts = {
  welcomeMs: 5_000,
  silenceMs: 7_000,
  confirmMs: 10_000,
  retry: { minMs: 1_000, maxMs: 30_000 },
  pollSeconds: 25,
  typingRepeatMs: 10_000,
  typingIdleMs: 4_000,
  typingExpiryMs: 30_000,
  readDelayMs: 500,
};
