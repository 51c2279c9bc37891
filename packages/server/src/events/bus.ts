/**
 * The bus announces to every subscriber what was committed. It is a hint: the log is the truth, and a subscriber that sees a gap
 * reads the log. `memory-bus.ts` is the bus of one process (decisions.md 10).
 */

/** A record of the log, as the bus and the sockets transport it. */
export interface Recorded {
  stream: string;
  offset: number;
  event: string;
  /** `{"event":...,"data":...}` as JSON text. */
  payload: string;
}

/** A notice that is stored nowhere: typing, presence, and orders between nodes. */
export interface Transient {
  /** A stream, or a topic such as `presence`, which is not a stream of events. */
  topic: string;
  payload: string;
  /** Sockets that are attached to this stream do not get the notice: a typing user does not see their own typing. */
  except?: string;
}

export type Notice = { recorded: Recorded[] } | { transient: Transient };

export interface Bus {
  /** Hands a notice to the subscribers of every node, this node included. Never throws: a lost notice is found in the log. */
  publish(notice: Notice): void;
  /** Calls `listener` for every notice until the returned function is called. */
  subscribe(listener: (notice: Notice) => void): () => void;
  /** Announces that notices of this node may be lost. */
  notifyGap(): void;
  /** Calls `listener` whenever notices may be lost and the log should be read, until the returned function is called. */
  onGap(listener: () => void): () => void;
  /** Whether notices reach the other nodes at present. */
  isConnected(): boolean;
  close(): Promise<void>;
}
