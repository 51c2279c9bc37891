/**
 * The bus announces to every subscriber what was committed. It is a hint: the log is the truth, and a subscriber that sees a gap
 * reads the log. `node-bus.ts` is the bus of a node, and a `NodeLink` connects it to those of the other nodes (decisions.md 10).
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

/** A stream of which the log has records up to `offset`, which the bus may not have carried. */
export interface MovedStream {
  stream: string;
  offset: number;
}

/** A notice for other nodes too. */
export type SharedNotice = { recorded: Recorded[] } | { transient: Transient };

export type Notice = SharedNotice | { moved: MovedStream[] };

/** `degraded`: notices of other nodes are found in the log, up to about a second later, and transients may be lost. */
export type BusState = 'ok' | 'degraded';

export interface Bus {
  /**
   * Hands a notice to the subscribers of this node before it returns, and to those of other nodes that follow its topic. Never
   * throws: a lost notice is found in the log.
   */
  publish(notice: SharedNotice): void;
  /** Hands a notice to the subscribers of this node only. */
  deliver(notice: Notice): void;
  /** Calls `listener` for every notice of this node, and of other nodes on followed topics, until the returned function is called. */
  subscribe(listener: (notice: Notice) => void): () => void;
  /**
   * Receives the notices of other nodes on these streams and topics until `unfollow`. Calls are counted by topic. Resolves when later
   * notices will come: a log that is read after that and the notices together have every event. While the nodes are not connected it
   * resolves as well, and `moved` or a gap announces what was missed. Never rejects.
   */
  follow(topics: readonly string[]): Promise<void>;
  /** Ends one `follow` of each topic. */
  unfollow(topics: readonly string[]): void;
  isFollowed(topic: string): boolean;
  /** Announces that notices of this node may be lost. */
  notifyGap(): void;
  /** Calls `listener` whenever notices may be lost and the log should be read, until the returned function is called. */
  onGap(listener: () => void): () => void;
  state(): BusState;
  /** Connects the bus with those of other nodes. The bus closes the link. */
  connect(link: NodeLink): void;
  close(): Promise<void>;
}

/** The way to the buses of other nodes. It hands their notices to `Bus.deliver`. */
export interface NodeLink {
  /** Sends a notice to the nodes that follow its topic. Never throws. */
  send(notice: SharedNotice): void;
  /** As `Bus.follow`, for topics that may be followed already. */
  follow(topics: readonly string[]): Promise<void>;
  /** Nobody on this node follows these topics any more. */
  unfollow(topics: readonly string[]): void;
  state(): BusState;
  close(): Promise<void>;
}
