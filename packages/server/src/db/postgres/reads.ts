/**
 * Reads outside of transactions: those of one turn of the event loop, and those that arrive while all connections are busy, share
 * a packet on one connection. A round trip costs both processes more than most reads by key.
 */
import type pg from 'pg';
import { DatabaseFailed, isStalePlan } from '../database-failed.ts';
import type { CommitHooks, Query } from '../db.ts';
import { type Executed, Executor } from '../transaction.ts';
import { pipelineOf, toFailure } from './pool.ts';

export interface ReadsOptions {
  hooks: CommitHooks;
  /** Connections of the pool that are used at once. */
  connections: number;
  perPacket: number;
}

interface Read {
  text: string;
  values: readonly unknown[];
  resolve(executed: Executed): void;
  reject(error: unknown): void;
}

export class PostgresReads extends Executor {
  readonly dialect = 'postgres';
  readonly #pool: pg.Pool;
  readonly #connections: number;
  readonly #perPacket: number;
  readonly #waiting: Read[] = [];
  #busy = 0;
  #isScheduled = false;

  constructor(pool: pg.Pool, q: Query, { hooks, connections, perPacket }: ReadsOptions) {
    super(q, hooks);
    this.#pool = pool;
    this.#connections = connections;
    this.#perPacket = perPacket;
  }

  protected execute(text: string, values: readonly unknown[]): Promise<Executed> {
    this.hooks.onStatement?.({ text, values, within: 'read' });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, values, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#waiting.length || this.#busy >= this.#connections) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#waiting.length && this.#busy < this.#connections) {
        this.#busy++;
        void this.#run(this.#waiting.splice(0, this.#perPacket)).finally(() => {
          this.#busy--;
          this.#schedule();
        });
      }
    });
  }

  async #run(reads: readonly Read[]): Promise<void> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      for (const { reject } of reads) reject(toFailure(error));
      return;
    }
    const results = await Promise.allSettled(
      reads.map(({ text, values }) => pipelineOf(client).query(text, values)),
    );
    const failed = results.flatMap((result) =>
      result.status === 'rejected' ? [toFailure(result.reason)] : [],
    );
    const isLost = failed.some((error) => error instanceof DatabaseFailed);
    client.release(isLost);
    // PostgreSQL has not executed the reads after a failed one, nor one with a stale plan: they are sent again.
    const first = reads.length - failed.length + (isStalePlan(failed[0]) ? 0 : 1);
    const again = isLost ? [] : reads.slice(first);
    for (const [index, read] of reads.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') read.resolve(result.value);
      else if (!again.includes(read)) read.reject(toFailure(result?.reason));
    }
    this.#waiting.unshift(...again);
  }
}
