/** Every time limit of the SDK. The unit is in the name. */
import type { BackoffOptions } from './backoff.ts';

export interface Timeouts {
  /** From dialling a socket to its welcome. */
  welcomeMs: number;
  /** Without a frame from the server (it pings every 3 s), after which the socket counts as dead. */
  silenceMs: number;
  /** From asking for a subscription or its history to the answer. */
  confirmMs: number;
  /** Backoff between attempts: of the socket, of the event feed, of a queued message. */
  retry: BackoffOptions;
  /** For how long the event feed may wait for an event; at most 25. */
  pollSeconds: number;
  /** "Is typing" is sent again after this long. */
  typingRepeatMs: number;
  /** Typing ends when no key was pressed for this long. */
  typingIdleMs: number;
  /** Somebody else's typing is no longer shown after this long without another signal. */
  typingExpiryMs: number;
  /** Read marks are collected for this long and sent as one. */
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
