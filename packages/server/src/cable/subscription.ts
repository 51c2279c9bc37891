/** A subscription: an identifier on a connection, its grant, and the sent offset of each stream of that grant. */
import type { ControlFrame } from '@hoory/contract';
import type { Connection } from './connection.ts';
import { Prefix } from './prefix.ts';
import type { SubscriptionGrant } from './subscription-grant.ts';

/** A stream that a subscription on this node is attached to. */
export interface LiveStream {
  readonly name: string;
  /** The opaque id on the wire (cable.md D.2), computed at the first use. */
  id: string | undefined;
  /** Unordered: the last attachment replaces a removed one. */
  attachments: StreamAttachment[];
  /** Offset of the newest event that this node has delivered. */
  lastOffset: number;
  /** Resolves when `lastOffset` is known; undefined from then on. */
  ready: Promise<void> | undefined;
  /** The stream is being opened or the log is being read: events of the bus are then skipped and found in the log. */
  isReading: boolean;
  /** The log may have events that are not delivered. */
  isBehind: boolean;
  /** Subscriptions that are about to attach and keep the stream open. */
  attaching: number;
}

/** The position of a subscription in one stream. */
export interface StreamAttachment {
  readonly subscription: Subscription;
  readonly stream: LiveStream;
  /** Index in the stream's `attachments`; -1 when it is detached. */
  index: number;
  /** Every event after this offset is sent on this connection without a request for it. */
  readonly startOffset: number;
  /** Events up to this offset are not sent again. A live attachment has got everything up to its stream's `lastOffset`. */
  sentOffset: number;
  /**
   * The client has every event up to this offset, or had no access to it: the offset at which its session began, or a position that
   * the client named later. Sent events do not count, since the socket may break before the client reads them. Undefined when only
   * the client knows.
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
  /** The first bytes of its data frames, which contain the identifier. */
  readonly prefix: Prefix;
  grant: SubscriptionGrant;
  attachments = none;
  /** The session was restored, and no event of the log is sent before the client requests its history. */
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

  /** Sends a frame with this identifier that is not an event. */
  send(frame: UnidentifiedFrame): void {
    this.connection.send({ identifier: this.identifier, ...frame });
  }
}
