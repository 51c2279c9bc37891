/**
 * Finds out how a transaction ended whose connection broke during its commit: PostgreSQL keeps the status of recent
 * transactions, and answers `in progress` as long as the commit may still arrive.
 *
 * A server that has recovered from a crash, or that took over from another one, may give out an id again that was lost with its
 * transaction. There `committed` may be the status of another transaction.
 */
import { own } from '@hoory/contract';
import type pg from 'pg';
import { codeOf } from '../database-failed.ts';
import { incarnationOf } from './pool.ts';

/** `unknown`: this server never had the transaction, has forgotten it, or may mean another one. */
export type CommitOutcome = 'committed' | 'aborted' | 'unknown';

export interface BrokenTransaction {
  xid: string;
  /** Of the server that had it. */
  incarnation: string;
}

export interface CommitOutcomes {
  /** Asks for the outcome until the transaction has ended. Never settles once this is closed. */
  find(transaction: BrokenTransaction): Promise<CommitOutcome>;
  /** Stops asking. */
  close(): void;
}

/** Milliseconds between two questions: doubled from the first to the last. */
const firstDelayMs = 20;
const maxDelayMs = 1000;

const outcomes: Record<string, CommitOutcome> = { committed: 'committed', aborted: 'aborted' };

/** @param pool connections that are not the one that broke */
export function openCommitOutcomes(pool: pg.Pool): CommitOutcomes {
  const timers = new Set<NodeJS.Timeout>();
  let isClosed = false;

  /** @returns undefined while the transaction runs, or the database does not answer */
  async function ask({ xid, incarnation }: BrokenTransaction): Promise<CommitOutcome | undefined> {
    try {
      const { status, isSameServer } = await askPool(pool, xid, incarnation);
      if (status === 'in progress') return isSameServer ? undefined : 'unknown';
      const outcome = own(outcomes, status) ?? 'unknown';
      return outcome === 'committed' && !isSameServer ? 'unknown' : outcome;
    } catch (error) {
      // 22023: an id of the future, as on a server that took over without this transaction.
      return codeOf(error) === '22023' ? 'unknown' : undefined;
    }
  }

  return {
    find: (transaction) =>
      new Promise((resolve) => {
        const askAgain = async (pauseMs: number) => {
          const outcome = await ask(transaction);
          if (isClosed) return;
          if (outcome) return resolve(outcome);
          const timer = setTimeout(() => {
            timers.delete(timer);
            void askAgain(Math.min(2 * pauseMs, maxDelayMs));
          }, pauseMs);
          timers.add(timer);
        };
        void askAgain(firstDelayMs);
      }),
    close: () => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Asks on one connection, because the next one may lead to another server. */
async function askPool(
  pool: pg.Pool,
  xid: string,
  incarnation: string,
): Promise<{ status: string; isSameServer: boolean }> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    const { rows } = await client.query<{ status: string | null }>(
      'select pg_xact_status($1::xid8) as status',
      [xid],
    );
    isBroken = false;
    return { status: rows[0]?.status ?? '', isSameServer: incarnationOf(client) === incarnation };
  } finally {
    client.release(isBroken);
  }
}
