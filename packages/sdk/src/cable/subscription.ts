/**
 * One subscription: every event once and in order, whatever becomes of the sockets. Goes on from its positions after
 * a break, reads the feed while no socket gets through, and says `reset` when only fetching anew can help.
 */
import { backoff } from '../backoff.ts';
import { Emitter } from '../emitter.ts';
import type { Patience } from '../patience.ts';
import { host, type SignalLike, sleep, type Timer } from '../platform.ts';
import { Feed, type FeedFetch } from './feed.ts';
import type { Command, DataFrame, Member, Positions, ServerFrame, SubscriptionReply } from './frames.ts';
import { Members } from './members.ts';
import { Recent } from './recent.ts';

/** What is subscribed to: `channel` and its parameters (cable.md section B.1). */
export type ChannelParams = { channel: string } & Record<string, unknown>;

export interface SubscribeOptions<Events extends object> {
  params: ChannelParams;
  /** The same events over HTTP; without it a blocked socket means silence. */
  feed?: FeedFetch;
  /** Seconds between two signs of presence: 20 for agents, 60 for customers. Without it none. */
  presence?: number;
  /** Where an earlier subscription had come to (`positions`). */
  positions?: Positions;
  /** New parameters after the server refused these; throws while there are none. */
  heal?: () => Promise<ChannelParams>;
  /** Never read: carries the type of the events. */
  events?: Events;
}

/** `rejected`: the server refuses it; asked again after `heal`, or with the next socket. */
export type SubscriptionState = 'connecting' | 'live' | 'polling' | 'offline' | 'rejected' | 'closed';

export interface SubscriptionEvents {
  state: SubscriptionState;
  /** Events may have been missed, also before the first: fetch what you show, anew. */
  reset: undefined;
  /** Every event, by name. */
  event: { event: string; data: unknown };
  /** Everybody in the presence set, after `join` or `leave`, and whenever somebody comes or goes. */
  members: readonly Member[];
}

/** What a subscription needs from the cable. */
export interface Line {
  readonly isUp: boolean;
  readonly extended: boolean;
  readonly patience: Patience;
  send(command: Command): void;
  tryNow(): Promise<void>;
  renamed(before: string): void;
  left(identifier: string): void;
}

/** Failed sockets in a row before the feed is asked. */
const BLOCKED = 2;

/** Seconds by which an event may reach its stream later than the ping that follows it. */
const MARGIN = 5;

export class Subscription<Events extends object> extends Emitter<Events & SubscriptionEvents> {
  readonly #line: Line;
  readonly #options: SubscribeOptions<Events>;
  readonly #feed: Feed | undefined;
  readonly #recent = new Recent();
  readonly #members: Members;
  #identifier: string;
  #state: SubscriptionState = 'connecting';
  #positions: Positions;
  /** Events that wait until those before them have come. */
  #held: DataFrame[] | undefined;
  #confirmed = false;
  #replaying = false;
  #failures = 0;
  #rejections = 0;
  #waiting: Timer;
  /** Unix seconds of the last sign of presence, by the server's clock; subscribing is one. */
  #presentAt = 0;
  /** Ends with the socket that began it. */
  #turn = new host.AbortController();
  /** Under way after a refusal; outlives sockets. */
  #healing: { readonly signal: SignalLike; abort(): void } | undefined;

  constructor(line: Line, options: SubscribeOptions<Events>) {
    super();
    this.#line = line;
    this.#options = options;
    this.#identifier = JSON.stringify(options.params);
    this.#positions = options.positions ?? { streams: {} };
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

  /** Where it has come to; a later subscription can begin there. */
  get positions(): Positions {
    return { ...this.#positions, streams: { ...this.#positions.streams } };
  }

  /** Calls an action of the channel (cable.md section A.3). Lost when there is no socket. */
  perform(action: string, data: Record<string, unknown> = {}): void {
    const { identifier } = this;
    this.#line.send({ command: 'message', identifier, data: JSON.stringify({ ...data, action }) });
  }

  /** Joins the presence set, in place of the member joined before; comes back to it after a break. */
  join(member: Member): void {
    this.#members.join(this.#identifier, member);
  }

  /** Leaves the presence set, and goes on hearing who is in it. */
  leave(): void {
    this.#members.join(this.#identifier, undefined);
  }

  /** Tries at once what waits for its next try. */
  wake(): void {
    this.#feed?.wake();
    if (this.#healing) this.#heal();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#endTurn();
    this.#healing?.abort();
    this.#feed?.stop();
    this.#to('closed');
    this.#line.send({ command: 'unsubscribe', identifier: this.#identifier });
    this.#line.left(this.#identifier);
  }

  /** A socket is ready; `restored` when the server has attached the subscription to it. */
  socketUp(restored: boolean): void {
    this.#endTurn();
    this.#failures = 0;
    if (this.#healing) return;
    this.#held = [];
    const identifier = this.#identifier;
    // The feed, once it has taken over, knows better where we are.
    if (!this.#feed?.hasPosition) this.#feed?.stop();
    const history = !this.#feed?.hasPosition && this.#line.extended ? this.#resumable() : undefined;
    this.#replaying = history !== undefined;
    this.#confirmed = restored;
    this.#waiting = host.setTimeout(() => this.#unanswered(), this.#line.patience.confirm);
    if (!restored) this.#line.send({ command: 'subscribe', identifier, ...(history && { history }) });
    else if (history) this.#line.send({ command: 'history', identifier, history });
    else void this.#arrived();
  }

  socketDown(failures: number): void {
    this.#endTurn();
    this.#held = undefined;
    this.#failures = failures;
    if (this.#state === 'rejected') return;
    if (!this.#feed?.hasPosition) this.#to('offline');
    this.#readFeed();
  }

  frame(frame: ServerFrame): void {
    if (frame.type === 'ping') {
      if (this.#state === 'live') this.#alive(frame.message);
    } else if (frame.type === 'presence') this.#members.heard(frame);
    else if (frame.type === undefined) {
      if (this.#held) this.#held.push(frame);
      else this.#deliver(frame);
    } else if ('identifier' in frame) this.#reply(frame.type);
  }

  /** The server does not want this subscription, or anything from us as we are. */
  refused(): void {
    this.#endTurn();
    this.#feed?.stop();
    this.#to('rejected');
    if (this.#options.heal) this.#heal();
  }

  #reply(type: SubscriptionReply): void {
    if (type === 'confirm_subscription') this.#confirmed = true;
    if (type === 'reject_subscription') this.refused();
    else if (!this.#held) return;
    else if (type === 'confirm_history') void this.#arrived();
    else if (type === 'reject_history' || !this.#replaying) {
      this.#replaying = false;
      void this.#arrived();
    }
  }

  /** All that was missed is here, or known to be lost. */
  async #arrived(): Promise<void> {
    host.clearTimeout(this.#waiting);
    const { signal } = this.#turn;
    const whole = this.#replaying || (await this.#drainFeed());
    if (signal.aborted) return;
    this.#feed?.stop();
    this.#rejections = 0;
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!whole) this.#reset();
    this.#to('live');
    for (const frame of inOrder(held)) this.#deliver(frame);
    this.#presentAt = 0;
    this.#members.live(this.#identifier);
  }

  async #drainFeed(): Promise<boolean> {
    return this.#feed?.hasPosition === true && this.#feed.drain(this.#turn.signal);
  }

  /** Upstream says nothing at all to a bad token (cable.md section B.2). */
  #unanswered(): void {
    this.#replaying = false;
    if (this.#confirmed) void this.#arrived();
    else this.refused();
  }

  #heal(): void {
    this.#healing?.abort();
    this.#healing = new host.AbortController();
    void this.#healUntilDone(this.#healing.signal);
  }

  async #healUntilDone(signal: SignalLike): Promise<void> {
    while (!signal.aborted) {
      if (this.#rejections++) await sleep(backoff(this.#rejections, this.#line.patience.retry), signal);
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
      patience: this.#line.patience,
      lastChance: () => this.#line.tryNow(),
      event: ({ event, data }) => this.#tell(event, data),
      gap: () => this.#reset(),
      working: (works) => this.#to(works ? 'polling' : 'offline'),
      refused: () => this.refused(),
    });
  }

  #resumable(): Positions | undefined {
    const { streams, since } = this.#positions;
    return since || Object.keys(streams).length ? this.#positions : undefined;
  }

  #deliver({ message, stream_id, epoch, offset }: DataFrame): void {
    if (stream_id !== undefined && epoch !== undefined && offset !== undefined) {
      const known = this.#positions.streams[stream_id];
      if (known?.epoch === epoch && offset <= known.offset) return;
      this.#positions.streams[stream_id] = { offset, epoch };
    }
    if (message?.event) this.#tell(message.event, message.data);
  }

  #tell(event: string, data: unknown): void {
    if (this.#state === 'closed' || !this.#recent.isNew(event, data)) return;
    const emitter = this as unknown as Emitter<Record<string, unknown>>;
    emitter.emit(event, data);
    emitter.emit('event', { event, data });
  }

  #reset(): void {
    this.#positions = { streams: {} };
    this.#own.emit('reset', undefined);
  }

  /** Pings are the clock for presence, too: a page in the background has its timers held back, not its socket. */
  #alive(now: number): void {
    const { presence } = this.#options;
    this.#positions.since = now - MARGIN;
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
  get #own(): Emitter<SubscriptionEvents> {
    return this as unknown as Emitter<SubscriptionEvents>;
  }

  #endTurn(): void {
    this.#turn.abort();
    this.#turn = new host.AbortController();
    host.clearTimeout(this.#waiting);
  }
}

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
