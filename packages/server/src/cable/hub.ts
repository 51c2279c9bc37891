/**
 * The streams of this node and the subscriptions attached to them. Delivers each event of the bus to the sockets of its stream, in
 * offset order and without a gap: after a jump of the offset the log is read. `subscription-grant.ts` says who may attach.
 */
import type { App } from '../app.ts';
import type { MovedStream, Recorded, Transient } from '../events/bus.ts';
import type { StreamHead } from '../events/read.ts';
import { readHeadsOfMany } from '../events/read-many.ts';
import { CatchUp } from './catch-up.ts';
import { SharedMessage } from './frames.ts';
import { addAttachment, deliver, removeAttachment } from './live-stream.ts';
import { isPresenceNotice } from './presence-sets.ts';
import type { CableConnection, LiveStream, StreamAttachment, Subscription } from './subscription.ts';

export class Hub {
  readonly #app: App;
  readonly #streams = new Map<string, LiveStream>();
  readonly #catchUp: CatchUp;
  readonly #stopListening: () => void;
  readonly #stopWatchingGaps: () => void;

  /** Subscribes to the bus until `close`. */
  constructor(app: App) {
    this.#app = app;
    this.#catchUp = new CatchUp(app, this.#streams);
    this.#stopListening = app.bus.subscribe((notice) => {
      if ('recorded' in notice) this.#onRecorded(notice.recorded);
      else if ('moved' in notice) this.#onMoved(notice.moved);
      else this.#onTransient(notice.transient);
    });
    this.#stopWatchingGaps = app.bus.onGap(() => void this.#catchUp.readAll());
  }

  /** Attaches a subscription to streams at their present offsets. Events are not sent before `goLive` of `replay.ts`. */
  async attach(subscription: Subscription, names: readonly string[]): Promise<void> {
    const streams = this.#open(names);
    try {
      await Promise.all(streams.map((stream) => stream.ready));
      const added = streams.map((stream) => newAttachment(subscription, stream));
      for (const attachment of added) addAttachment(attachment);
      subscription.attachments = subscription.attachments.length
        ? [...subscription.attachments, ...added]
        : added;
    } finally {
      for (const stream of streams) {
        stream.attaching--;
        this.#closeUnused(stream);
      }
    }
  }

  /** Detaches a subscription from the streams that `isLost` names; without it from all. */
  detach(subscription: Subscription, isLost: (stream: string) => boolean = () => true): void {
    subscription.attachments = subscription.attachments.filter((attachment) => {
      if (!isLost(attachment.stream.name)) return true;
      removeAttachment(attachment);
      this.#closeUnused(attachment.stream);
      return false;
    });
  }

  /** Subscriptions on this node that are attached to a stream. */
  subscribersOf(name: string): Subscription[] {
    return (this.#streams.get(name)?.attachments ?? []).map(({ subscription }) => subscription);
  }

  close(): void {
    this.#stopListening();
    this.#stopWatchingGaps();
    this.#catchUp.close();
  }

  #open(names: readonly string[]): LiveStream[] {
    const missing = names.filter((name) => !this.#streams.has(name));
    const heads = this.#readHeads(missing);
    return names.map((name) => {
      const stream = this.#streams.get(name) ?? this.#newStream(name, heads);
      stream.attaching++;
      return stream;
    });
  }

  async #readHeads(names: readonly string[]): Promise<Map<string, StreamHead>> {
    if (!names.length) return new Map();
    // In this order: an event between the two would otherwise be neither in the head nor announced.
    await this.#app.bus.follow(names);
    return this.#app.db.readMany(readHeadsOfMany, names);
  }

  #newStream(name: string, heads: Promise<Map<string, StreamHead>>): LiveStream {
    const stream: LiveStream = {
      name,
      id: undefined,
      attachments: [],
      lastOffset: 0,
      ready: heads.then(
        (known) => this.#begin(stream, known.get(name)?.last ?? 0),
        (error) => {
          this.#remove(stream);
          throw error;
        },
      ),
      isReading: true,
      isBehind: false,
      attaching: 0,
    };
    this.#streams.set(name, stream);
    return stream;
  }

  #begin(stream: LiveStream, lastOffset: number): void {
    stream.lastOffset = lastOffset;
    stream.ready = undefined;
    stream.isReading = false;
    if (stream.isBehind) void this.#catchUp.read(stream);
  }

  #closeUnused(stream: LiveStream): void {
    if (!stream.attachments.length && !stream.attaching && this.#streams.get(stream.name) === stream)
      this.#remove(stream);
  }

  #remove({ name }: LiveStream): void {
    this.#streams.delete(name);
    this.#app.bus.unfollow([name]);
  }

  #onRecorded(records: readonly Recorded[]): void {
    const corked = new Set<CableConnection>();
    for (const record of records) {
      const stream = this.#streams.get(record.stream);
      if (!stream) continue;
      if (stream.isReading) stream.isBehind = true;
      else if (record.offset === stream.lastOffset + 1)
        deliver(this.#app, stream, record, records.length > 1 ? corked : undefined);
      else if (record.offset > stream.lastOffset) void this.#catchUp.read(stream);
    }
    for (const connection of corked) connection.uncork();
  }

  #onMoved(moved: readonly MovedStream[]): void {
    for (const { stream: name, offset } of moved) {
      const stream = this.#streams.get(name);
      if (stream && offset > stream.lastOffset) void this.#catchUp.read(stream);
    }
  }

  #onTransient({ topic, payload, except }: Transient): void {
    const stream = this.#streams.get(topic);
    if (!stream) return;
    const isOfSet = isPresenceNotice(payload);
    const message = new SharedMessage(payload, isOfSet ? ',"type":"presence"' : '');
    for (const { subscription } of stream.attachments) {
      if (isOfSet && subscription.protocol !== 'ext') continue;
      if (except === undefined || !subscription.isAttachedTo(except))
        subscription.connection.write(message.for(subscription));
    }
  }
}

const newAttachment = (subscription: Subscription, stream: LiveStream): StreamAttachment => ({
  subscription,
  stream,
  index: stream.attachments.length,
  startOffset: stream.lastOffset,
  sentOffset: stream.lastOffset,
  clientOffset: stream.lastOffset,
  isLive: false,
});
