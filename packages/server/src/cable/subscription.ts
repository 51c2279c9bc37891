/** An identifier on a connection, the seat it was given, and where it stands on the streams of that seat. */
import type { Connection } from './connection.ts';
import { prefixOf } from './frames.ts';
import type { Seat } from './seat.ts';

/** A stream that somebody on this node hears. */
export interface LiveStream {
  readonly name: string;
  /** Its opaque name on the wire (cable.md D.2). */
  readonly id: string;
  readonly attachments: Set<Attachment>;
  /** Offset of the newest event handed out here. */
  last: number;
  /** Resolves when `last` is known. */
  ready: Promise<void>;
  /** The log is being read; what the bus tells meanwhile is found there. */
  isReading: boolean;
  isBehind: boolean;
  /** Subscriptions about to attach. */
  coming: number;
}

/** A subscription on a stream. */
export interface Attachment {
  readonly subscription: Subscription;
  readonly stream: LiveStream;
  /** Everything after this offset is sent on this connection without being asked for. */
  readonly from: number;
  /** While not live: sent up to here. A live one stands where its stream stands. */
  position: number;
  isLive: boolean;
}

export class Subscription {
  readonly connection: Connection;
  readonly identifier: string;
  readonly prefix: Buffer;
  seat: Seat;
  attachments: Attachment[] = [];

  constructor(connection: Connection, identifier: string, seat: Seat) {
    this.connection = connection;
    this.identifier = identifier;
    this.prefix = prefixOf(identifier);
    this.seat = seat;
  }

  get protocol() {
    return this.connection.protocol;
  }

  hears(stream: string): boolean {
    return this.attachments.some((attachment) => attachment.stream.name === stream);
  }

  /** Sends a frame of this identifier that is not data. */
  send(frame: object): void {
    this.connection.send({ identifier: this.identifier, ...frame });
  }
}
