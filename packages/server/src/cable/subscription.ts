/** An identifier on a connection, the seat it was given, and where it stands on the streams of that seat. */
import type { Connection } from './connection.ts';
import { Prefix } from './prefix.ts';
import type { Seat } from './seat.ts';

/** A stream that somebody on this node hears. */
export interface LiveStream {
  readonly name: string;
  /** Its opaque name on the wire (cable.md D.2), made when it is first needed. */
  id: string | undefined;
  /** In no order: the last one takes the place of one that goes. */
  attachments: Attachment[];
  /** Offset of the newest event handed out here. */
  last: number;
  /** Resolves when `last` is known; undefined when it is. */
  ready: Promise<void> | undefined;
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
  /** Its place among the stream's attachments; -1 when it is detached. */
  index: number;
  /** Everything after this offset is sent on this connection without being asked for. */
  readonly from: number;
  /** Nothing up to here is sent any more. A live one has been sent everything up to where its stream stands. */
  position: number;
  /**
   * The client has every event up to here, or had no right to it: where its session began, or a position that it named since.
   * What it was sent does not count, since the socket may be cut before the client hears it. Undefined when only the client knows.
   */
  base: number | undefined;
  isLive: boolean;
}

const none: readonly Attachment[] = [];

/** A socket and its subscriptions. */
export type Line = Connection<Subscription>;

export class Subscription {
  readonly connection: Line;
  /** What its data frames begin with, the identifier in it. */
  readonly prefix: Prefix;
  seat: Seat;
  attachments = none;
  /** The session was restored: nothing recorded is sent before the client asks for its history. */
  isAwaitingHistory = false;

  constructor(connection: Line, identifier: string, seat: Seat) {
    this.connection = connection;
    this.prefix = new Prefix(identifier);
    this.seat = seat;
  }

  get identifier(): string {
    return this.prefix.identifier;
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
