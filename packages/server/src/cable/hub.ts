/**
 * Streams and who hears them: hands every recorded event to the sockets of its stream, in offset order and without a
 * gap. The bus is a hint; on a jump the log is read. Who may hear a stream is not decided here.
 */
import type { StreamPositions } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Recorded, Transient } from '../events/bus.ts';
import { readAfter, readHeads } from '../events/read.ts';
import { streamIdOf } from '../events/stream-id.ts';
import { SharedMessage } from './frames.ts';
import type { CableConnection, LiveStream, StreamAttachment, Subscription } from './subscription.ts';

/** Entries read from the log at once. */
const page = 200;
/** Milliseconds until a log that could not be read is tried again. */
const pause = 1000;

export type Hub = ReturnType<typeof openHub>;

/** Opens the hub; `close` stops listening to the bus. */
export function openHub(app: App) {
  const streams = new Map<string, LiveStream>();
  const stopListening = app.bus.subscribe((notice) => {
    if ('recorded' in notice) onRecorded(notice.recorded);
    else onTransient(notice.transient);
  });
  const stopWatching = app.bus.onGap(() => void readAll());
  let later: NodeJS.Timeout | undefined;

  const idOf = (stream: LiveStream): string => {
    stream.id ??= streamIdOf(app, stream.name);
    return stream.id;
  };

  /** Up to where a subscription has been sent each stream, or where it joined it. */
  const positionsOf = ({ attachments }: Subscription): StreamPositions =>
    Object.fromEntries(
      attachments.map(({ stream, sentOffset, isLive }) => [
        idOf(stream),
        {
          epoch: app.installation.epoch,
          offset: isLive ? Math.max(sentOffset, stream.lastOffset) : sentOffset,
        },
      ]),
    );

  /**
   * Says that entries were not sent: the client must fetch anew. This moves no base, since the socket may be cut before the client
   * hears it: a client that comes back without a newer position is told again.
   */
  function tellGap(subscription: Subscription): void {
    if (subscription.protocol === 'ext')
      subscription.send({ type: 'reject_history', streams: positionsOf(subscription) });
    else subscription.connection.disconnect('remote');
  }

  /** The position as further keys of a data frame. */
  const placeOf = (stream: LiveStream, offset: number) =>
    `,"stream_id":"${idOf(stream)}","epoch":"${app.installation.epoch}","offset":${offset}`;

  function openStreams(names: readonly string[]): LiveStream[] {
    const missing = names.filter((name) => !streams.has(name));
    if (missing.length) {
      const heads = readHeads(app.db, missing);
      for (const name of missing) streams.set(name, newStream(name, heads));
    }
    return names.map((name) => {
      const stream = streams.get(name) as LiveStream;
      stream.attaching++;
      return stream;
    });
  }

  function newStream(name: string, heads: ReturnType<typeof readHeads>): LiveStream {
    const stream: LiveStream = {
      name,
      id: undefined,
      attachments: [],
      lastOffset: 0,
      ready: heads.then(
        (known) => {
          stream.lastOffset = known.get(name)?.last ?? 0;
          stream.ready = undefined;
          stream.isReading = false;
          if (stream.isBehind) void readOn(stream);
        },
        (error) => {
          streams.delete(name);
          throw error;
        },
      ),
      isReading: true,
      isBehind: false,
      attaching: 0,
    };
    return stream;
  }

  function forget(stream: LiveStream): void {
    if (!stream.attachments.length && !stream.attaching && streams.get(stream.name) === stream)
      streams.delete(stream.name);
  }

  function onRecorded(records: readonly Recorded[]): void {
    const corked = new Set<CableConnection>();
    for (const record of records) {
      const stream = streams.get(record.stream);
      if (!stream) continue;
      if (stream.isReading) stream.isBehind = true;
      else if (record.offset === stream.lastOffset + 1)
        deliver(stream, record, records.length > 1 ? corked : undefined);
      else if (record.offset > stream.lastOffset) void readOn(stream);
    }
    for (const connection of corked) connection.uncork();
  }

  function deliver(
    stream: LiveStream,
    { offset, payload }: Pick<Recorded, 'offset' | 'payload'>,
    corked?: Set<CableConnection>,
  ): void {
    stream.lastOffset = offset;
    const message = new SharedMessage(payload, placeOf(stream, offset));
    for (const { isLive, sentOffset, subscription } of stream.attachments) {
      if (!isLive || offset <= sentOffset) continue;
      const { connection } = subscription;
      if (corked && !corked.has(connection)) {
        connection.cork();
        corked.add(connection);
      }
      connection.write(message.for(subscription));
    }
  }

  /** Reads the log from where the stream stands to its end. */
  async function readOn(stream: LiveStream): Promise<void> {
    stream.isBehind = true;
    if (stream.isReading) return;
    stream.isReading = true;
    try {
      while (stream.isBehind) {
        stream.isBehind = false;
        const entries = await readAfter(app.db, stream.name, stream.lastOffset, page);
        for (const entry of entries) {
          if (entry.offset > stream.lastOffset + 1) skipTo(stream, entry.offset - 1);
          deliver(stream, entry);
        }
        if (entries.length) stream.isBehind = true;
      }
    } catch (err) {
      readLater(err);
    } finally {
      stream.isReading = false;
    }
  }

  /** Entries up to `offset` were pruned before this node had read them. */
  function skipTo(stream: LiveStream, offset: number): void {
    stream.lastOffset = offset;
    for (const { isLive, subscription } of stream.attachments) if (isLive) tellGap(subscription);
  }

  /** Reads every stream of which the log has more than was handed out. */
  async function readAll(): Promise<void> {
    try {
      const heads = await readHeads(app.db, [...streams.keys()]);
      for (const stream of streams.values())
        if ((heads.get(stream.name)?.last ?? 0) > stream.lastOffset) void readOn(stream);
    } catch (err) {
      readLater(err);
    }
  }

  function readLater(err: unknown): void {
    if (later) return;
    app.log.error({ err }, 'the event log could not be read, it is tried again');
    later = setTimeout(() => {
      later = undefined;
      void readAll();
    }, pause).unref();
  }

  function onTransient({ topic, payload, except }: Transient): void {
    const stream = streams.get(topic);
    if (!stream) return;
    const message = new SharedMessage(payload, '');
    for (const { subscription } of stream.attachments)
      if (except === undefined || !subscription.isAttachedTo(except))
        subscription.connection.write(message.for(subscription));
  }

  return {
    /** Attaches a subscription to streams where they stand now. Nothing recorded is sent before `goLive`. */
    async attach(subscription: Subscription, names: readonly string[]): Promise<void> {
      const opened = openStreams(names);
      try {
        await Promise.all(opened.map((stream) => stream.ready));
        const added = opened.map((stream): StreamAttachment => {
          const { lastOffset, attachments } = stream;
          return {
            subscription,
            stream,
            index: attachments.length,
            startOffset: lastOffset,
            sentOffset: lastOffset,
            clientOffset: lastOffset,
            isLive: false,
          };
        });
        for (const attachment of added) add(attachment);
        subscription.attachments = subscription.attachments.length
          ? [...subscription.attachments, ...added]
          : added;
      } finally {
        for (const stream of opened) {
          stream.attaching--;
          forget(stream);
        }
      }
    },

    /**
     * Sends what the stream has handed out since `position`, then everything as it comes. When a part of it was pruned, the client
     * is told so before it is sent a later event of the stream, whose position it would keep.
     */
    async goLive(attachment: StreamAttachment): Promise<void> {
      const { stream, subscription } = attachment;
      while (!attachment.isLive && attachment.sentOffset < stream.lastOffset && attachment.index >= 0)
        if (!(await this.replay(attachment, attachment.sentOffset, stream.lastOffset))) tellGap(subscription);
      attachment.isLive = true;
    },

    /** Stops handing out to one that is live, which then stands where its stream stands. */
    hold(attachment: StreamAttachment): void {
      if (!attachment.isLive) return;
      attachment.isLive = false;
      attachment.sentOffset = Math.max(attachment.sentOffset, attachment.stream.lastOffset);
    },

    /**
     * Sends entries after `offset` up to `upTo` from the log, as fast as the reader takes them.
     * @returns false when it ended at entries that are pruned
     */
    async replay(attachment: StreamAttachment, offset: number, upTo: number): Promise<boolean> {
      const { subscription, stream } = attachment;
      let at = offset;
      let isWhole = true;
      while (isWhole && at < upTo && subscription.connection.isOpen && attachment.index >= 0) {
        const entries = await readAfter(app.db, stream.name, at, Math.min(page, upTo - at));
        isWhole = entries[0]?.offset === at + 1;
        if (!isWhole) break;
        for (const entry of entries) {
          at = entry.offset;
          subscription.connection.write(
            new SharedMessage(entry.payload, placeOf(stream, at)).for(subscription),
          );
        }
        await subscription.connection.drained();
      }
      attachment.sentOffset = Math.max(attachment.sentOffset, offset, upTo);
      return isWhole;
    },

    detach(subscription: Subscription, isLost: (stream: string) => boolean = () => true): void {
      subscription.attachments = subscription.attachments.filter((attachment) => {
        if (!isLost(attachment.stream.name)) return true;
        remove(attachment);
        forget(attachment.stream);
        return false;
      });
    },

    /** Subscriptions that hear a stream on this node. */
    hearersOf: (name: string): Subscription[] =>
      (streams.get(name)?.attachments ?? []).map(({ subscription }) => subscription),

    /** A stream's opaque name on the wire. */
    idOf,

    positionsOf,
    tellGap,

    close: (): void => {
      stopListening();
      stopWatching();
      clearTimeout(later);
    },
  };
}

/** Most streams have one hearer, and an array that grows by itself is given room for seventeen. */
function add(attachment: StreamAttachment): void {
  const { stream } = attachment;
  if (stream.attachments.length) stream.attachments.push(attachment);
  else stream.attachments = [attachment];
}

/** The last one takes its place, so that a thousand can leave at once. */
function remove(attachment: StreamAttachment): void {
  const { attachments } = attachment.stream;
  const last = attachments.pop() as StreamAttachment;
  if (last !== attachment) {
    attachments[attachment.index] = last;
    last.index = attachment.index;
  }
  attachment.index = -1;
}
