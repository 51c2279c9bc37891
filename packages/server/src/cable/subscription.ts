/** An identifier on a connection, the grant it was given, and how far each stream of that grant has been sent. */
import type { ControlFrame } from '@hoory/contract';
import type { Connection } from './connection.ts';
import { Prefix } from './prefix.ts';
import type { SubscriptionGrant } from './subscription-grant.ts';

/** A stream that a subscription on this node is attached to. */
export interface LiveStream {
  readonly name: string;
  /** Its opaque name on the wire (cable.md D.2), made at the first use. */
  id: string | undefined;
  /** In no order: the last attachment takes the place of one that is removed. */
  attachments: StreamAttachment[];
  /** Offset of the newest event handed out on this node. */
  lastOffset: number;
  /** Resolves when `lastOffset` is known; undefined from then on. */
  ready: Promise<void> | undefined;
  /** The stream is being opened or the log read: an event that the bus brings meanwhile is found in the log. */
  isReading: boolean;
  /** The log may hold more than was handed out. */
  isBehind: boolean;
  /** Subscriptions that are about to attach and keep the stream open. */
  attaching: number;
}

/** A subscription's place in one stream. */
export interface StreamAttachment {
  readonly subscription: Subscription;
  readonly stream: LiveStream;
  /** Index in the stream's `attachments`; -1 when it is detached. */
  index: number;
  /** Every event after this offset is sent on this connection without a request for it. */
  readonly startOffset: number;
  /** No event up to this offset is sent any more. A live attachment has been sent everything up to its stream's `lastOffset`. */
  sentOffset: number;
  /**
   * The client has every event up to this offset, or had no right to it: where its session began, or a position that it named
   * since. Sent events do not count, since the socket may break before the client reads them. Undefined when only the client
   * knows.
   */
  clientOffset: number | undefined;
  /** New events are sent as they come. */
  isLive: boolean;
}

const none: readonly StreamAttachment[] = [];

/** A socket and its subscriptions. */
export type CableConnection = Connection<Subscription>;

/** A frame of one subscription, without the identifier that `send` adds. */
type Identified = Extract<ControlFrame, { identifier: string }>;
type UnidentifiedFrame = Identified extends infer Frame
  ? Frame extends Identified
    ? Omit<Frame, 'identifier'>
    : never
  : never;

export class Subscription {
  readonly connection: CableConnection;
  /** The bytes that its data frames begin with, the identifier among them. */
  readonly prefix: Prefix;
  grant: SubscriptionGrant;
  attachments = none;
  /** The session was restored: no event of the log is sent before the client asks for its history. */
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

  /** Sends a frame with this identifier that is no event. */
  send(frame: UnidentifiedFrame): void {
    this.connection.send({ identifier: this.identifier, ...frame });
  }
}
