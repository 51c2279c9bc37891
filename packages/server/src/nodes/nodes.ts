/**
 * The server processes that run on one database. Each node on PostgreSQL renews its row in `nodes` and reads the rows of the others
 * every few seconds. SQLite has one process (`serve.ts` locks the folder), so nothing is stored there.
 */
import { type Lease, soleTerm, type Term } from './leases.ts';

/** A live node. */
export interface LiveNode {
  id: string;
  /** Host name and port. */
  name: string;
  version: string;
  /** Milliseconds since 1970. */
  started_at: number;
  /** Open sockets of `/cable`, a few seconds old for other nodes. */
  sockets: number;
  isSelf: boolean;
}

/** The parts of a node that change while it runs. */
export interface NodeSelf {
  /** Host name and port. */
  name(): string;
  sockets(): number;
}

export interface Nodes {
  /** The id of this process, known to the others after `join`. */
  readonly id: string;
  /** The right to do the background work, which one node has at a time, after `join`. */
  readonly lease: Lease;
  /** The live nodes as read at the last heartbeat, the oldest first; this one is among them after `join`. */
  list(): readonly LiveNode[];
  /** Whether another node was alive at the last heartbeat. */
  hasOthers(): boolean;
  /**
   * Makes this process a node until `close`. A node that died with other settings delays this until it counts as dead.
   * @throws SettingsDiffer while a live node has other settings
   */
  join(self: NodeSelf): Promise<void>;
  /** Whether another live node stores uploads in a folder that is not this node's, so that each lacks files of the other. */
  areFilesApart(): boolean;
  /** Whether this node is about to stop: it accepts no sockets, and `/health` sends balancers to other nodes. */
  isLeaving(): boolean;
  /** Announces the stop. */
  startLeaving(): void;
  /** Leaves, so that the others do not wait for this node to die. Never rejects. */
  close(): Promise<void>;
}

/** A live node of the same database has other settings, with which callers would get other answers from it. */
export class SettingsDiffer extends Error {
  constructor(names: readonly string[], other: string) {
    super(
      `This node cannot join the one at ${other}, which runs on the same database with other settings: ` +
        `${names.join(', ')}. Give all nodes the same, or stop the others first.`,
    );
    this.name = 'SettingsDiffer';
  }
}

/** The nodes of SQLite: this process alone. */
export function openSingleNode(id: string, { version, now }: { version: string; now: () => number }): Nodes {
  let self: NodeSelf | undefined;
  const started_at = now();
  let follow = (_term: Term | undefined) => {};
  let isLeaving = false;
  return {
    id,
    lease: {
      follow: (listener) => {
        follow = listener;
      },
    },
    list: () =>
      self ? [{ id, name: self.name(), version, started_at, sockets: self.sockets(), isSelf: true }] : [],
    hasOthers: () => false,
    areFilesApart: () => false,
    join: async (joining) => {
      self = joining;
      follow(soleTerm);
    },
    isLeaving: () => isLeaving,
    startLeaving: () => {
      isLeaving = true;
    },
    close: async () => {
      self = undefined;
    },
  };
}
