/** The history of a run: everything that somebody sent, was told or received, and every fault, in the order of time. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** What a person wanted to have done. One key, however often it is sent. */
export interface Sent {
  kind: 'send';
  key: string;
  actor: string;
  operation: Operation;
  /** Display id. */
  conversation?: number;
  /** Id of the message that is changed or deleted. */
  message?: number;
}

export type Operation =
  | 'contact'
  | 'conversation'
  | 'message'
  | 'note'
  | 'delete'
  | 'submit'
  | 'status'
  | 'change';

/** An attempt failed without an answer, or with one that asks for another attempt. */
export interface Retried {
  kind: 'retry';
  key: string;
  reason: string;
}

/** A 2xx. A key that was sent again after its answer may have several. */
export interface Acknowledged {
  kind: 'acknowledge';
  key: string;
  /** The id that the answer gave to what was created. */
  id?: number;
}

/** A 4xx, which no retry would change. */
export interface Refused {
  kind: 'refuse';
  key: string;
  status: number;
  text: string;
}

export interface Position {
  stream: string;
  epoch: string;
  offset: number;
}

/** An event at a follower. */
export interface Received {
  kind: 'event';
  follower: string;
  event: string;
  /** A hash of the data: equal data has equal digests. */
  digest: string;
  /** Where the protocol of the follower shows it. */
  position?: Position;
  conversation?: number;
  message?: number;
  /** What the data says of the state of its message or conversation. */
  state?: string;
  /** Private notes whose text is anywhere in the data. */
  notes?: string[];
}

/** A connection begins: events after it follow each other, but not those before it. */
export interface Connected {
  kind: 'connect';
  follower: string;
}

/** The client library gave up for good: the application opens a new connection and fetches anew. */
export interface Closed {
  kind: 'close';
  follower: string;
  reason: string;
}

/** The follower was told to fetch anew. */
export interface Reset {
  kind: 'reset';
  follower: string;
}

/** The follower fetched messages of one conversation over HTTP. */
export interface Fetched {
  kind: 'fetch';
  follower: string;
  conversation: number;
  /** Time of the request. An event that came later may be newer than the answer. */
  askedAt: number;
  messages: FetchedMessage[];
  notes?: string[];
}

export interface FetchedMessage {
  id: number;
  /** As in an event. Customers fetch messages without their status (client-api.md 2.5). */
  state: string;
}

/** The follower has fetched everything that it was told to fetch, or that it fetches after a connection. */
export interface Refreshed {
  kind: 'refresh';
  follower: string;
}

/** A webhook at a receiver. */
export interface Delivered {
  kind: 'webhook';
  endpoint: string;
  /** The header `webhook-id`. */
  delivery: string;
  event: string;
  digest: string;
  conversation?: number;
  message?: number;
  /** The status that the receiver answered; 0 for none. */
  status: number;
}

export interface Fault {
  kind: 'fault';
  name: string;
  detail: string;
}

/** A server ended although nobody ended it. */
export interface Died {
  kind: 'died';
  node: string;
  /** Whether it had answered before; otherwise its start failed, which a supervisor repeats. */
  isStarted: boolean;
  /** The last of its output. */
  output: string;
}

export type Entry =
  | Sent
  | Retried
  | Acknowledged
  | Refused
  | Received
  | Connected
  | Closed
  | Reset
  | Fetched
  | Refreshed
  | Delivered
  | Fault
  | Died;

/** An entry with its time in milliseconds since the run began. */
export type Timed<E extends Entry = Entry> = E & { at: number };

export interface History {
  readonly entries: readonly Timed[];
  /** The time that an entry would have now. */
  now(): number;
  add(entry: Entry): void;
  /** Waits until the file has everything. */
  close(): Promise<void>;
}

/** Keeps entries in memory, and in a file of JSON lines that can be read when the run itself dies. */
export function openHistory(file: string): History {
  const started = performance.now();
  const entries: Timed[] = [];
  const stream = createWriteStream(file);
  let isClosed = false;
  const now = () => Math.round(performance.now() - started);
  return {
    entries,
    now,
    add: (entry) => {
      const timed = { at: now(), ...entry };
      entries.push(timed);
      // A request of the last moment may still be answered.
      if (!isClosed) stream.write(`${JSON.stringify(timed)}\n`);
    },
    close: async () => {
      isClosed = true;
      stream.end();
      await finished(stream);
    },
  };
}

/** The entries of one kind. */
export function entriesOf<Kind extends Entry['kind']>(
  entries: readonly Timed[],
  kind: Kind,
): Timed<Extract<Entry, { kind: Kind }>>[] {
  const isOfKind = (entry: Timed): entry is Timed<Extract<Entry, { kind: Kind }>> => entry.kind === kind;
  return entries.filter(isOfKind);
}
