/**
 * The lease of the background work: one node at a time runs the scheduled jobs of `background.ts`. One lease for all jobs, because
 * they wait for the database and not for a processor, so spreading them over nodes gains nothing, while one row shows who does them.
 *
 * Each transaction of a job checks the lease and locks its row (`Term.fence`). So a process that was paused, and wakes after another
 * one has taken over, fails at its next transaction; and nobody takes over while a transaction of the owner may still commit.
 */
import type { BatchVerb, Db, Scope, Tx } from '../db/db.ts';
import { claimLease, lockLease, releaseLease } from './store-leases.ts';

/** Another node has taken over the work of the job that gets this error. */
export class LeaseLost extends Error {
  constructor() {
    super('Another node has taken over the background work');
    this.name = 'LeaseLost';
  }
}

/** The time for which a node has the lease without interruption. */
export interface Term {
  /** Whether the lease was renewed in time. The fence decides; this saves work that would fail. */
  isCurrent(): boolean;
  /** A database whose transactions throw `LeaseLost` when they run outside of this term. */
  fence(db: Db): Db;
}

export interface Lease {
  /** Calls `listener` with each term of this node when it begins, and with undefined when it has ended. */
  follow(listener: (term: Term | undefined) => void): void;
}

/** The term of the only process of a database. */
export const soleTerm: Term = { isCurrent: () => true, fence: (db) => db };

const name = 'background';

/** The lease as `registry.ts` claims it with each heartbeat. */
export class BackgroundLease implements Lease {
  readonly #nodeId: string;
  readonly #lifetimeMs: number;
  #term: LeasedTerm | undefined;
  #listener: (term: Term | undefined) => void = () => {};

  constructor(nodeId: string, lifetimeMs: number) {
    this.#nodeId = nodeId;
    this.#lifetimeMs = lifetimeMs;
  }

  follow(listener: (term: Term | undefined) => void): void {
    this.#listener = listener;
    if (this.#term) listener(this.#term);
  }

  /** Renews the lease or takes it over. @returns work for after the commit: it tells the follower of a term that begins or ends */
  async claim(tx: Tx): Promise<() => void> {
    const startedAtMs = performance.now();
    const number = await claimLease(tx, { name, node_id: this.#nodeId, lifetimeMs: this.#lifetimeMs });
    return () => this.#keep(number, startedAtMs + this.#lifetimeMs);
  }

  async release(tx: Tx): Promise<void> {
    await releaseLease(tx, { name, node_id: this.#nodeId });
  }

  #keep(number: number | undefined, untilMs: number): void {
    if (number !== undefined && number === this.#term?.number) {
      this.#term.untilMs = untilMs;
      return;
    }
    const before = this.#term;
    this.#term = number === undefined ? undefined : new LeasedTerm(this.#nodeId, number, untilMs);
    if (before || this.#term) this.#listener(this.#term);
  }
}

class LeasedTerm implements Term {
  readonly number: number;
  /** By `performance.now()`. */
  untilMs: number;
  readonly #nodeId: string;

  constructor(nodeId: string, number: number, untilMs: number) {
    this.#nodeId = nodeId;
    this.number = number;
    this.untilMs = untilMs;
  }

  isCurrent(): boolean {
    return performance.now() < this.untilMs;
  }

  fence(db: Db): Db {
    const write = <Out>(work: (tx: Tx) => Promise<Out>, scope?: Scope): Promise<Out> =>
      db.write(async (tx) => {
        // In the packet of the first statement of `work`, so that the check costs no round trip.
        const [isHeld, answer] = await Promise.all([this.#lock(tx), work(tx)]);
        if (!isHeld) throw new LeaseLost();
        return answer;
      }, scope);
    return {
      ...db,
      write,
      writeMany: <In, Out>(verb: BatchVerb<In, Out>, input: In, scope?: Scope) =>
        write((tx) => tx.gather(verb, input), scope),
      run: (query) => write((tx) => tx.run(query)),
    };
  }

  #lock(tx: Tx): Promise<boolean> {
    return lockLease(tx, { name, node_id: this.#nodeId, term: this.number });
  }
}
