/** An identifier on a connection, and the seat it was given: which streams it hears, and whose it is. */
import type { Connection } from './connection.ts';
import { prefixOf } from './frames.ts';
import type { Attachment } from './hub.ts';

/** What an identifier's proof entitles to, as `auth/cable-gate.ts` found it. */
export interface Seat {
  account_id: number;
  /** The stream of the token itself: `session:<id>` or `user:<id>`. */
  own: string;
  /** Every stream it hears, its own first. */
  streams: readonly string[];
  /** The stream whose presence set it may join (cable.md D.5). */
  set: string;
  person:
    | { kind: 'contact'; id: number; session_id: number; inbox_id: number }
    | { kind: 'user'; id: number };
}

/** The seat for a subscription's parameters; undefined when it must be rejected. */
export type FindSeat = (params: Readonly<Record<string, unknown>>) => Promise<Seat | undefined>;

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
