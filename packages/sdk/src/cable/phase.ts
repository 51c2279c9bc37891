/**
 * The phases of a subscription, each with the data that is valid in it. `subscription.ts` moves between them:
 *
 *     connecting, polling, offline (no socket) --socket--> subscribing --confirmed--> replaying --history--> live
 *     no socket --restored socket--> replaying             subscribing --confirmed, without positions--> live
 *     subscribing --rejected, or no answer--> renewing --new parameters--> connecting
 *                                         or  rejected --socket--> subscribing, where nothing renews the parameters
 *     subscribing, replaying, live --socket gone--> offline             any phase --close()--> closed
 *
 * `renewing` and `closed` ignore sockets. The server may also reject a subscription that is replaying or live.
 */
import type { Timer } from '../platform.ts';
import type { DataFrame } from '../wire.ts';

/**
 * The phase as an app sees it. `polling`: events come over HTTP. `rejected`: the server refuses the parameters; asked
 * again with new ones from `renewParams`, or with the next socket.
 */
export type SubscriptionState = 'connecting' | 'live' | 'polling' | 'offline' | 'rejected' | 'closed';

/** Without a socket; the feed may be reading. */
interface Disconnected {
  readonly name: 'connecting' | 'polling' | 'offline';
}

/**
 * A command was sent and its answer is awaited: to `subscribe` while subscribing; the missed events, after that answer or on a
 * restored socket, while replaying.
 */
export interface Awaiting {
  readonly name: 'subscribing' | 'replaying';
  /** As before the command, until the answer has come. */
  readonly state: SubscriptionState;
  /** The command named positions: the server replays what came after them. */
  readonly replays: boolean;
  /** Events that came since the command, in order of arrival. */
  readonly held: DataFrame[];
  /** Ends the wait for the answer. */
  readonly timer: Timer;
}

/** Subscribed: events are delivered as they come. */
export interface Live {
  readonly name: 'live';
  /** Unix seconds of the last heartbeat of presence by the server's clock; 0 before the first ping, which counts as one. */
  heartbeatAt: number;
}

/** Refused, and asked again with the next socket. */
interface Rejected {
  readonly name: 'rejected';
}

/** Refused; new parameters are being asked for, also while sockets come and go. */
interface Renewing {
  readonly name: 'renewing';
  readonly state: 'rejected';
  /** Begins the attempt. */
  readonly timer: Timer;
}

interface Closed {
  readonly name: 'closed';
}

export type Phase = Disconnected | Awaiting | Live | Rejected | Renewing | Closed;

export const stateOf = (phase: Phase): SubscriptionState => ('state' in phase ? phase.state : phase.name);
