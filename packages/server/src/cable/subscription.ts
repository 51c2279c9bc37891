/** An identifier on a connection, the grant it was given, and how far each stream of that grant has been sent. */
import type { ControlFrame } from '@hoory/contract';
import type { Connection } from './connection.ts';
import { Prefix } from './prefix.ts';
import type { SubscriptionGrant } from './subscription-grant.ts';

/** A stream that somebody on this node hears. */
export interface LiveStream {
  readonly name: string;
  /** Its opaque name on the wire (cable.md D.2), made when it is first needed. */
  id: string | undefined;
  /** In no order: the last one takes the place of one that goes. */
  attachments: StreamAttachment[];
  /** Offset of the newest event handed out here. */
  lastOffset: number;
  /** Resolves when `last` is known; undefined when it is. */
  ready: Promise<void> | undefined;
  /** The log is being read; what the bus tells meanwhile is found there. */
  isReading: boolean;
  isBehind: boolean;
  /** Subscriptions about to attach. */
  attaching: number;
}

/** A subscription on a stream. */
export interface StreamAttachment {
  readonly subscription: Subscription;
  readonly stream: LiveStream;
  /** Its place among the stream's attachments; -1 when it is detached. */
  index: number;
  /** Everything after this offset is sent on this connection without being asked for. */
  readonly startOffset: number;
  /** Nothing up to here is sent any more. A live one has been sent everything up to where its stream stands. */
  sentOffset: number;
  /**
   * The client has every event up to here, or had no right to it: where its session began, or a position that it named since.
   * What it was sent does not count, since the socket may be cut before the client hears it. Undefined when only the client knows.
   */
  clientOffset: number | undefined;
  isLive: boolean;
}

const none: readonly StreamAttachment[] = [];

/** A socket and its subscriptions. */
export type CableConnection = Connection<Subscription>;

type Identified = Extract<ControlFrame, { identifier: string }>;
type UnidentifiedFrame = Identified extends infer Frame
  ? Frame extends Identified
    ? Omit<Frame, 'identifier'>
    : never
  : never;

export class Subscription {
  readonly connection: CableConnection;
  /** What its data frames begin with, the identifier in it. */
  readonly prefix: Prefix;
  grant: SubscriptionGrant;
  attachments = none;
  /** The session was restored: nothing recorded is sent before the client asks for its history. */
  isAwaitingHistory = false;

  constructor(connection: CableConnection, identifier: string, grant: SubscriptionGrant) {
    this.connection = connection;
    this.prefix = new Prefix(identifier);
    this.grant = grant;
  }

  get identifier(): string {
    return this.prefix.identifier;
  }

  get protocol() {
    return this.connection.protocol;
  }

  isAttachedTo(stream: string): boolean {
    return this.attachments.some((attachment) => attachment.stream.name === stream);
  }

  /** Sends a frame of this identifier that is not data. */
  send(frame: UnidentifiedFrame): void {
    this.connection.send({ identifier: this.identifier, ...frame });
  }
}
