/**
 * The bus tells every node what was committed. It is a hint: the log is the truth, and whoever sees a gap reads it.
 * Two implementations: `memory-bus.ts` for one process, `redis-bus.ts` for several nodes.
 */

/** A record of the log, as it travels between nodes and to sockets. */
export interface Recorded {
  stream: string;
  offset: number;
  event: string;
  /** `{"event":...,"data":...}` as JSON text. */
  payload: string;
}

/** Something that is told once and kept nowhere: typing, presence, and orders between nodes. */
export interface Transient {
  /** A stream, or a topic such as `presence`, which is not a stream of events. */
  topic: string;
  payload: string;
  /** Sockets that also hear this stream are left out: whoever types does not hear of it. */
  except?: string;
}

export type Notice = { recorded: Recorded[] } | { transient: Transient };

export interface Bus {
  /** Hands a notice to every node's subscribers, this one's included. Never throws: a lost notice is found in the log. */
  publish(notice: Notice): void;
  /** Calls `listener` for every notice until the returned function is called. */
  subscribe(listener: (notice: Notice) => void): () => void;
  /** Says that notices of this node may have been lost. */
  tellGap(): void;
  /** Calls `listener` whenever notices may have been lost and the log should be read, until the returned function is called. */
  onGap(listener: () => void): () => void;
  /** Whether notices reach the other nodes just now. */
  isConnected(): boolean;
  close(): Promise<void>;
}
