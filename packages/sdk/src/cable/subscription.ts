/**
 * One subscription: every event once and in the order of its stream, whatever becomes of the sockets.
 *
 * - `#streams` has the position of the last event of each stream. An event at or before it is a repeat and is dropped.
 * - When a socket is up, the subscription asks for the events after those positions. Until the answer has come, old and new events
 *   are held; `#arrived` then sorts them by offset, delivers them, and from then on events are delivered as they come.
 * - While no socket gets through, `feed.ts` reads the same events over HTTP after the same positions.
 * - When the server cannot replay what was missed, `reset` tells the caller to fetch anew before any later event.
 */
import { backoff } from '../backoff.ts';
import { Emitter } from '../emitter.ts';
import { host, type SignalLike, sleep, type Timer } from '../platform.ts';
import type { Timeouts } from '../timeouts.ts';
import type { ClientCommand, DataFrame, PresenceMember, StreamPosition, StreamPositions } from '../wire.ts';
import { Feed, type FeedFetch } from './feed.ts';
import type { Frame, Positions, SubscriptionReply } from './frames.ts';
import { Members } from './members.ts';

/** What is subscribed to: `channel` and its parameters (cable.md section B.1). */
export type ChannelParams = { channel: string } & Record<string, unknown>;

export interface SubscribeOptions<Events extends object> {
  params: ChannelParams;
  /** The same events over HTTP; without it a blocked socket means silence. */
  feed?: FeedFetch;
  /** Seconds between two heartbeats of presence: 20 for agents, 60 for customers. Without it none are sent. */
  presence?: number;
  /** Positions of an earlier subscription, whose missed events then come first. */
  positions?: Positions;
  /** New parameters after the server refused these; throws while there are none. */
  heal?: () => Promise<ChannelParams>;
  /** Never read: carries the type of the events. */
  events?: Events;
}

/** `rejected`: the server refuses it; asked again after `heal`, or with the next socket. */
export type SubscriptionState = 'connecting' | 'live' | 'polling' | 'offline' | 'rejected' | 'closed';

/** One event with its data. A union, so that comparing `event` with a name tells the type of `data`. */
export type EventOf<Events extends object> = {
  [Name in keyof Events]: { event: Name; data: Events[Name] };
}[keyof Events];

export interface SubscriptionEvents<Events extends object> {
  state: SubscriptionState;
  /** Events may have been missed, also before the first: fetch what you show, anew. */
  reset: undefined;
  /** Every event, by name. A newer server may send names that `Events` does not know. */
  event: EventOf<Events>;
  /** Everybody in the presence set, after `join` or `leave`, and whenever somebody comes or goes. */
  members: readonly PresenceMember[];
}

/** The part of the cable that a subscription uses. */
export interface Line {
  readonly isUp: boolean;
  readonly extended: boolean;
  readonly timeouts: Timeouts;
  send(command: ClientCommand): void;
  tryNow(): Promise<void>;
  renamed(before: string): void;
  left(identifier: string): void;
}

/** Failed sockets in a row after which the feed is read. */
const BLOCKED = 2;

export class Subscription<Events extends object> extends Emitter<Events & SubscriptionEvents<Events>> {
  readonly #line: Line;
  readonly #options: SubscribeOptions<Events>;
  readonly #feed: Feed | undefined;
  readonly #members: Members;
  #identifier: string;
  #state: SubscriptionState = 'connecting';
  /** Position of the last event by stream. An offset never goes back within an epoch, which makes a repeat known. */
  #streams: StreamPositions;
  /** Events that wait for the answer to `subscribe` or `history`; undefined when events are delivered as they come. */
  #held: DataFrame[] | undefined;
  #confirmed = false;
  #replaying = false;
  #failures = 0;
  #rejections = 0;
  #waiting: Timer;
  /** Unix seconds of the last heartbeat of presence, by the server's clock; subscribing counts as one. */
  #presentAt = 0;
  /** Renewal of the parameters after a refusal; it outlives sockets. */
  #healing: { readonly signal: SignalLike; abort(): void } | undefined;

  constructor(line: Line, options: SubscribeOptions<Events>) {
    super();
    this.#line = line;
    this.#options = options;
    this.#identifier = JSON.stringify(options.params);
    this.#streams = { ...options.positions?.streams };
    this.#feed = options.feed && this.#createFeed(options.feed);
    this.#members = new Members(
      (command) => this.#state === 'live' && line.send(command),
      (members) => this.#own.emit('members', members),
    );
  }

  get identifier(): string {
    return this.#identifier;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** Positions of the last events; a later subscription can begin there. */
  get positions(): Positions {
    return { streams: { ...this.#streams } };
  }

  /** Calls an action of the channel (cable.md section A.3). Lost when there is no socket. */
  perform(action: string, data: Record<string, unknown> = {}): void {
    const { identifier } = this;
    this.#line.send({ command: 'message', identifier, data: JSON.stringify({ ...data, action }) });
  }

  /** Joins the presence set, in place of the member joined before; comes back to it after a break. */
  join(member: PresenceMember): void {
    this.#members.join(this.#identifier, member);
  }

  /** Leaves the presence set, and goes on hearing who is in it. */
  leave(): void {
    this.#members.join(this.#identifier, undefined);
  }

  /** Makes a waiting attempt at once: of the feed, or to renew the parameters. */
  wake(): void {
    this.#feed?.wake();
    if (this.#healing) this.#heal();
  }

  close(): void {
    if (this.#state === 'closed') return;
    host.clearTimeout(this.#waiting);
    this.#healing?.abort();
    this.#feed?.stop();
    this.#to('closed');
    this.#line.send({ command: 'unsubscribe', identifier: this.#identifier });
    this.#line.left(this.#identifier);
  }

  /** A socket is ready; `restored` when the server has attached the subscription to it. */
  socketUp(restored: boolean): void {
    this.#failures = 0;
    if (this.#healing) return;
    this.#held = [];
    // What the feed would bring comes by the socket.
    this.#feed?.pause();
    const identifier = this.#identifier;
    const history = this.positions;
    this.#replaying = this.#line.extended && Object.keys(history.streams).length > 0;
    this.#confirmed = restored;
    this.#wait();
    if (restored) this.#line.send({ command: 'history', identifier, history });
    else this.#line.send({ command: 'subscribe', identifier, ...(this.#replaying && { history }) });
  }

  socketDown(failures: number): void {
    host.clearTimeout(this.#waiting);
    this.#held = undefined;
    this.#failures = failures;
    if (this.#state === 'rejected') return;
    if (!this.#feed?.hasPosition) this.#to('offline');
    this.#readFeed();
  }

  frame(frame: Frame): void {
    if (frame.type === 'ping') {
      if (this.#state === 'live') this.#alive(frame.message);
    } else if (frame.type === 'presence') this.#members.heard(frame);
    else if (frame.type === undefined) {
      if (!this.#held) this.#deliver(frame);
      else {
        this.#held.push(frame);
        this.#wait();
      }
    } else if ('identifier' in frame) this.#reply(frame);
  }

  /** The server rejects this subscription, or the whole connection. */
  refused(): void {
    host.clearTimeout(this.#waiting);
    this.#feed?.stop();
    this.#to('rejected');
    if (this.#options.heal) this.#heal();
  }

  #reply({ type, streams }: SubscriptionReply): void {
    if (type === 'confirm_subscription') this.#confirmed = true;
    if (type === 'reject_subscription') this.refused();
    else if (type === 'reject_history') {
      this.#replaying = false;
      this.#arrived(streams);
    } else if (type === 'confirm_history' || !this.#replaying) {
      if (this.#held) this.#arrived(streams);
      else this.#advance(streams);
    }
  }

  /** Everything that was missed has come, or is known to be lost. */
  #arrived(streams: StreamPositions = {}): void {
    host.clearTimeout(this.#waiting);
    this.#feed?.stop();
    this.#rejections = 0;
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!this.#replaying) this.#reset(streams);
    this.#to('live');
    for (const frame of inOrder(held)) this.#deliver(frame);
    this.#advance(streams);
    this.#presentAt = 0;
    this.#members.live(this.#identifier);
  }

  /** Every frame that belongs to the answer begins the wait anew: a long history takes its time. */
  #wait(): void {
    host.clearTimeout(this.#waiting);
    this.#waiting = host.setTimeout(() => this.#unanswered(), this.#line.timeouts.confirmMs);
  }

  /** Upstream says nothing at all to a bad token (cable.md section B.2). */
  #unanswered(): void {
    this.#replaying = false;
    if (this.#confirmed) this.#arrived();
    else {
      this.refused();
      // A server that is only slow takes no notice of a second request.
      if (!this.#options.heal && this.#line.isUp) this.socketUp(false);
    }
  }

  #heal(): void {
    this.#healing?.abort();
    this.#healing = new host.AbortController();
    void this.#healUntilDone(this.#healing.signal);
  }

  async #healUntilDone(signal: SignalLike): Promise<void> {
    while (!signal.aborted) {
      if (this.#rejections++) await sleep(backoff(this.#rejections, this.#line.timeouts.retry), signal);
      if (signal.aborted) return;
      try {
        const params = await this.#options.heal!();
        if (signal.aborted) return;
        this.#healing = undefined;
        return this.#restart(params);
      } catch {
        // Not yet: the network is away, or nobody can vouch for us. Asked again after a while.
      }
    }
  }

  #restart(params: ChannelParams): void {
    const before = this.#identifier;
    this.#line.send({ command: 'unsubscribe', identifier: before });
    this.#identifier = JSON.stringify(params);
    this.#line.renamed(before);
    this.#to('connecting');
    if (this.#line.isUp) this.socketUp(false);
    else this.#readFeed();
  }

  #readFeed(): void {
    if (this.#failures >= BLOCKED || this.#feed?.hasPosition) this.#feed?.start();
  }

  #createFeed(fetch: FeedFetch): Feed {
    return new Feed({
      fetch,
      timeouts: this.#line.timeouts,
      lastChance: () => this.#line.tryNow(),
      positions: () => this.#streams,
      page: ({ events, streams, reset }) => {
        for (const { event, data, ...position } of events)
          this.#deliver({ message: { event, data }, ...position });
        if (reset) this.#reset(streams);
        else this.#advance(streams);
      },
      working: (works) => this.#to(works ? 'polling' : 'offline'),
      refused: () => this.refused(),
    });
  }

  /** Drops a repeat, which stream and offset tell, never the content. */
  #deliver({ message, stream_id, epoch, offset }: Told): void {
    if (stream_id !== undefined && epoch !== undefined && offset !== undefined) {
      if (this.#isKnown(stream_id, { epoch, offset })) return;
      this.#streams[stream_id] = { offset, epoch };
    }
    if (message?.event) this.#tell(message.event, message.data);
  }

  #isKnown(stream: string, { epoch, offset }: StreamPosition): boolean {
    const known = this.#streams[stream];
    return known?.epoch === epoch && offset <= known.offset;
  }

  /** Every event up to `streams` has come. */
  #advance(streams: StreamPositions = {}): void {
    for (const [stream, position] of Object.entries(streams))
      if (!this.#isKnown(stream, position)) this.#streams[stream] = position;
  }

  #tell(event: string, data: unknown): void {
    if (this.#state === 'closed') return;
    const emitter = this as unknown as Emitter<Record<string, unknown>>;
    emitter.emit(event, data);
    emitter.emit('event', { event, data });
  }

  /** What is fetched anew from now on holds everything up to `streams`. */
  #reset(streams: StreamPositions): void {
    this.#streams = { ...streams };
    this.#own.emit('reset', undefined);
  }

  /** Pings are the clock for presence, too: a page in the background has its timers held back, not its socket. */
  #alive(now: number): void {
    const { presence } = this.#options;
    this.#presentAt ||= now;
    if (!presence || now - this.#presentAt < presence) return;
    this.#presentAt = now;
    this.perform('update_presence');
  }

  #to(state: SubscriptionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#own.emit('state', state);
  }

  /** The events that every subscription has. */
  get #own(): Emitter<SubscriptionEvents<Events>> {
    return this as unknown as Emitter<SubscriptionEvents<Events>>;
  }
}

/** An event with its position, from the socket or the feed. */
type Told = Omit<DataFrame, 'identifier'>;

/** A live event may come between replayed ones that are older: by offset within each stream. */
function inOrder(frames: readonly DataFrame[]): DataFrame[] {
  const streams = new Map<string | undefined, DataFrame[]>();
  for (const frame of frames) {
    const stream = streams.get(frame.stream_id) ?? [];
    streams.set(frame.stream_id, stream);
    stream.push(frame);
  }
  return [...streams.values()].flatMap((stream) => stream.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0)));
}
