/**
 * One subscription of a cable: delivers every event once and in the order of its stream, over changing sockets.
 *
 * - `#streams` has the position of the last event of each stream. An event at or before it is a repeat and is dropped.
 * - On a new socket the subscription asks for the events after those positions. Until they have come, all events are held;
 *   `#goLive` then sorts them by offset and delivers them.
 * - While no socket gets through, `feed.ts` reads the same events over HTTP after the same positions.
 * - When the server cannot replay what was missed, `reset` tells the app to fetch again before any later event.
 *
 * `phase.ts` draws the phases; the private methods below `frame` are the transitions between them.
 */
import { backoff } from '../backoff.ts';
import { Emitter } from '../emitter.ts';
import { host } from '../platform.ts';
import type { Timeouts } from '../timeouts.ts';
import type { ClientCommand, DataFrame, PresenceMember, StreamPosition, StreamPositions } from '../wire.ts';
import { Feed, type FeedFetch } from './feed.ts';
import type { Frame, Positions, SubscriptionReply } from './frames.ts';
import type { CreateMembers, Members } from './members.ts';
import { type Awaiting, type Live, type Phase, type SubscriptionState, stateOf } from './phase.ts';

/** The subscribed `channel` and its parameters (cable.md section B.1). */
export type ChannelParams = { channel: string } & Record<string, unknown>;

export interface SubscribeOptions<Events extends object> {
  params: ChannelParams;
  /** Reads the same events over HTTP. Without it no events come while sockets are blocked. */
  feed?: FeedFetch;
  /** Seconds between two heartbeats of presence: 20 for agents, 60 for customers. Without it none are sent. */
  presence?: number;
  /** Positions of an earlier subscription: the events after them come first. */
  positions?: Positions;
  /** Returns new parameters after the server has rejected the current ones; throws when there are none yet. */
  renewParams?: () => Promise<ChannelParams>;
  /** Never read: carries the type of the events. */
  events?: Events;
}

/** One event with its data. A union, so that comparing `event` with a name tells the type of `data`. */
export type EventOf<Events extends object> = {
  [Name in keyof Events]: { event: Name; data: Events[Name] };
}[keyof Events];

export interface SubscriptionEvents<Events extends object> {
  state: SubscriptionState;
  /** Events may have been missed, also before the first one: fetch what you show again. */
  reset: undefined;
  /** Every event, by name. A newer server may send names that `Events` does not know. */
  event: EventOf<Events>;
  /** All members of the presence set, after `join` or `leave`, and whenever a member comes or goes. */
  members: readonly PresenceMember[];
}

/** The part of the cable that a subscription uses. */
export interface SubscriptionConnection {
  /** A socket is open and welcomed. */
  readonly isUp: boolean;
  /** The server speaks the extended protocol: it keeps positions and replays. */
  readonly isExtended: boolean;
  /** Failed attempts to open a socket since the last welcome. */
  readonly failures: number;
  readonly timeouts: Timeouts;
  send(command: ClientCommand): void;
  /** Dials at once; resolves when that has succeeded or failed. */
  dialNow(): Promise<void>;
}

/** The hub, which routes frames by identifier. */
export interface SubscriptionOwner {
  createMembers?: CreateMembers | undefined;
  /** The subscription has another identifier than `before`. */
  renamed(before: string): void;
  closed(identifier: string): void;
}

/** Failures in a row after which sockets count as blocked and the feed is read. */
const BLOCKED_AFTER_FAILURES = 2;

export class Subscription<Events extends object> extends Emitter<Events & SubscriptionEvents<Events>> {
  readonly #connection: SubscriptionConnection;
  readonly #options: SubscribeOptions<Events>;
  readonly #owner: SubscriptionOwner;
  readonly #feed: Feed | undefined;
  readonly #members: Members | undefined;
  #identifier: string;
  #phase: Phase = { name: 'connecting' };
  /** Position of the last event by stream. Offsets only grow within an epoch, which identifies a repeat. */
  #streams: StreamPositions;
  /** Attempts to renew the parameters since the subscription was last live: the exponent of the backoff. */
  #renewals = 0;

  constructor(
    connection: SubscriptionConnection,
    options: SubscribeOptions<Events>,
    owner: SubscriptionOwner,
  ) {
    super();
    this.#connection = connection;
    this.#options = options;
    this.#owner = owner;
    this.#identifier = JSON.stringify(options.params);
    this.#streams = { ...options.positions?.streams };
    this.#feed = options.feed && this.#createFeed(options.feed);
    this.#members = owner.createMembers?.(
      (command) => this.#phase.name === 'live' && connection.send(command),
      (members) => this.#emitOwn('members', members),
    );
  }

  get identifier(): string {
    return this.#identifier;
  }

  get state(): SubscriptionState {
    return stateOf(this.#phase);
  }

  /** Positions of the last events; a later subscription can begin there. */
  get positions(): Positions {
    return { streams: { ...this.#streams } };
  }

  /** Calls an action of the channel (cable.md section A.3). Lost when there is no socket. */
  perform(action: string, data: Record<string, unknown> = {}): void {
    const { identifier } = this;
    this.#connection.send({ command: 'message', identifier, data: JSON.stringify({ ...data, action }) });
  }

  /** Joins the presence set in place of the member joined before, and joins it again after every break. */
  join(member: PresenceMember): void {
    this.#members?.join(this.#identifier, member);
  }

  /** Leaves the presence set; `members` is still emitted. */
  leave(): void {
    this.#members?.join(this.#identifier, undefined);
  }

  /** Ends the wait before the next attempt: of the feed, or to renew the parameters. */
  wake(): void {
    this.#feed?.wake();
    if (this.#phase.name === 'renewing') this.#renew(0);
  }

  close(): void {
    if (this.#phase.name === 'closed') return;
    const identifier = this.#identifier;
    this.#feed?.stop();
    this.#enter({ name: 'closed' });
    this.#connection.send({ command: 'unsubscribe', identifier });
    this.#owner.closed(identifier);
  }

  get #ignoresSockets(): boolean {
    return this.#phase.name === 'closed' || this.#phase.name === 'renewing';
  }

  /** A socket is ready. `isRestored`: the server has attached the subscription to it (cable.md section D.1). */
  socketUp(isRestored: boolean): void {
    if (this.#ignoresSockets) return;
    const { state } = this;
    // The socket brings what the feed would read.
    this.#feed?.pause();
    const identifier = this.#identifier;
    const history = this.positions;
    const replays = this.#connection.isExtended && Object.keys(history.streams).length > 0;
    this.#await({ name: isRestored ? 'replaying' : 'subscribing', state, replays, held: [] });
    if (isRestored) this.#connection.send({ command: 'history', identifier, history });
    else this.#connection.send({ command: 'subscribe', identifier, ...(replays && { history }) });
  }

  /** The socket is gone, or could not be opened. */
  socketDown(): void {
    if (this.#ignoresSockets) return;
    const { state } = this;
    if (state === 'rejected') {
      // The feed would be refused as well; the next socket asks again.
      this.#enter({ name: state });
      return;
    }
    this.#enter({ name: state === 'polling' && this.#feed?.hasPosition ? state : 'offline' });
    this.#readFeed();
  }

  /** The server rejects this subscription, or the whole connection. */
  refused(): void {
    if (this.#ignoresSockets) return;
    this.#feed?.stop();
    if (this.#options.renewParams) this.#renew();
    else this.#enter({ name: 'rejected' });
  }

  /** Takes a frame of the server for this subscription, or a ping. */
  frame(frame: Frame): void {
    const phase = this.#phase;
    if (phase.name === 'closed') return;
    if (frame.type === 'ping') {
      if (phase.name === 'live') this.#sendHeartbeat(phase, frame.message);
    } else if (frame.type === 'presence') this.#members?.handleFrame(frame);
    else if (frame.type !== undefined) {
      if ('identifier' in frame) this.#reply(frame);
    } else if (phase.name === 'live') this.#deliver(frame);
    else if ('held' in phase) {
      // A frame of the answer starts the timeout again: a long history takes its time.
      phase.held.push(frame);
      this.#await(phase);
    }
  }

  /** The answer to `subscribe` or `history`. It may be late, or come without a request (`reject_history`). */
  #reply({ type, streams }: SubscriptionReply): void {
    const phase = this.#phase;
    const replays = 'held' in phase && phase.replays;
    if (type === 'reject_subscription') this.refused();
    else if (type === 'reject_history') this.#goLive(false, streams);
    else if (phase.name === 'live') this.#advance(streams);
    else if (type === 'confirm_subscription' && replays) this.#await({ ...phase, name: 'replaying' });
    else this.#goLive(replays, streams);
  }

  /** The answer has not come in time. Upstream says nothing at all to a bad token (cable.md section B.2). */
  #timeOut({ name }: Awaiting): void {
    if (name === 'replaying') {
      this.#goLive(false);
      return;
    }
    this.refused();
    // Without new parameters, ask again: a server that is only slow ignores a second request.
    if (!this.#options.renewParams && this.#connection.isUp) this.socketUp(false);
  }

  /** Subscribed. `isComplete`: the held events are all events since the positions; otherwise some may be lost. */
  #goLive(isComplete: boolean, streams: StreamPositions = {}): void {
    const held = 'held' in this.#phase ? this.#phase.held : [];
    this.#feed?.stop();
    this.#renewals = 0;
    if (!isComplete) this.#reset(streams);
    // A listener of `reset` may have closed the subscription.
    if (this.#phase.name === 'closed') return;
    this.#enter({ name: 'live', heartbeatAt: 0 });
    for (const frame of inOrder(held)) this.#deliver(frame);
    this.#advance(streams);
    this.#members?.live(this.#identifier);
  }

  /** Waits for an answer, for `confirmMs` from now. */
  #await(awaiting: Omit<Awaiting, 'timer'>): void {
    const timer = host.setTimeout(() => this.#timeOut(phase), this.#connection.timeouts.confirmMs);
    const phase = { ...awaiting, timer };
    this.#enter(phase);
  }

  /** Asks for new parameters, with backoff until there are some or another phase begins. The first attempt is made at once. */
  #renew(waitMs = this.#renewals && backoff(this.#renewals, this.#connection.timeouts.retry)): void {
    const attempt = async () => {
      this.#renewals++;
      try {
        const params = await this.#options.renewParams!();
        if (this.#phase === phase) this.#restart(params);
      } catch {
        // The network is away, or the app has no proof of identity at the moment.
        if (this.#phase === phase) this.#renew();
      }
    };
    const timer = host.setTimeout(() => void attempt(), waitMs);
    const phase: Phase = { name: 'renewing', state: 'rejected', timer };
    this.#enter(phase);
  }

  #restart(params: ChannelParams): void {
    const before = this.#identifier;
    this.#connection.send({ command: 'unsubscribe', identifier: before });
    this.#identifier = JSON.stringify(params);
    this.#owner.renamed(before);
    this.#enter({ name: 'connecting' });
    if (this.#connection.isUp) this.socketUp(false);
    else this.#readFeed();
  }

  /** Begins a phase: ends the waits of the one before, and emits the state when it is another. */
  #enter(phase: Phase): void {
    const before = this.#phase;
    if ('timer' in before) host.clearTimeout(before.timer);
    this.#phase = phase;
    const state = stateOf(phase);
    if (state !== stateOf(before)) this.#emitOwn('state', state);
  }

  #readFeed(): void {
    if (this.#connection.failures >= BLOCKED_AFTER_FAILURES || this.#feed?.hasPosition) this.#feed?.start();
  }

  #createFeed(fetch: FeedFetch): Feed {
    return new Feed({
      fetch,
      timeouts: this.#connection.timeouts,
      dialSocket: () => this.#connection.dialNow(),
      positions: () => this.#streams,
      page: ({ events, streams, reset }) => {
        for (const { event, data, ...position } of events)
          this.#deliver({ message: { event, data }, ...position });
        if (reset) this.#reset(streams);
        else this.#advance(streams);
      },
      working: (works) => this.#enter({ name: works ? 'polling' : 'offline' }),
      refused: () => this.refused(),
    });
  }

  /** Emits an event, unless its position says that it is a repeat. The content says nothing: two events may be alike. */
  #deliver({ message, stream_id, epoch, offset }: PositionedEvent): void {
    if (stream_id !== undefined && epoch !== undefined && offset !== undefined) {
      if (this.#isRepeat(stream_id, { epoch, offset })) return;
      this.#streams[stream_id] = { offset, epoch };
    }
    if (!message?.event || this.#phase.name === 'closed') return;
    this.emitReceived(message.event, message.data);
    this.emitReceived('event', message);
  }

  #isRepeat(stream: string, { epoch, offset }: StreamPosition): boolean {
    const last = this.#streams[stream];
    return last?.epoch === epoch && offset <= last.offset;
  }

  /** Every event up to `streams` has come. */
  #advance(streams: StreamPositions = {}): void {
    for (const [stream, position] of Object.entries(streams))
      if (!this.#isRepeat(stream, position)) this.#streams[stream] = position;
  }

  /** A fetch that begins now returns everything up to `streams`. */
  #reset(streams: StreamPositions): void {
    this.#streams = { ...streams };
    this.#emitOwn('reset', undefined);
  }

  /** Pings are the clock of the heartbeats: browsers throttle the timers of a page in the background, not its socket. */
  #sendHeartbeat(phase: Live, nowSeconds: number): void {
    const { presence } = this.#options;
    phase.heartbeatAt ||= nowSeconds;
    if (!presence || nowSeconds - phase.heartbeatAt < presence) return;
    phase.heartbeatAt = nowSeconds;
    this.perform('update_presence');
  }

  /** `emit` for the events of the subscription itself, whose type `Events` may not know. */
  #emitOwn<Name extends keyof SubscriptionEvents<Events>>(
    name: Name,
    value: SubscriptionEvents<Events>[Name],
  ): void {
    this.emitReceived(name, value);
  }
}

/** An event with its position, from the socket or the feed. */
type PositionedEvent = Omit<DataFrame, 'identifier'>;

/** Sorts by offset within each stream: a live event may come between older, replayed ones. */
function inOrder(frames: readonly DataFrame[]): DataFrame[] {
  const streams = new Map<string | undefined, DataFrame[]>();
  for (const frame of frames) {
    const stream = streams.get(frame.stream_id) ?? [];
    streams.set(frame.stream_id, stream);
    stream.push(frame);
  }
  return [...streams.values()].flatMap((stream) => stream.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0)));
}
