/**
 * Finds out how a transaction ended whose connection broke during its commit: PostgreSQL keeps the status of recent
 * transactions, and answers `in progress` as long as the commit may still arrive.
 */
import { own } from '@hoory/contract';
import type pg from 'pg';
import { codeOf } from '../database-failed.ts';

/** `unknown`: this server never had the transaction, or has forgotten it. */
export type CommitOutcome = 'committed' | 'aborted' | 'unknown';

export interface CommitOutcomes {
  /** Asks for the outcome of transaction `xid` until the transaction has ended. Never settles once this is closed. */
  find(xid: string): Promise<CommitOutcome>;
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
  async function ask(xid: string): Promise<CommitOutcome | undefined> {
    try {
      const { rows } = await pool.query<{ status: string | null }>(
        'select pg_xact_status($1::xid8) as status',
        [xid],
      );
      const status = rows[0]?.status;
      return status === 'in progress' ? undefined : (own(outcomes, status ?? '') ?? 'unknown');
    } catch (error) {
      // 22023: an id of the future, as on a server that took over without this transaction.
      return codeOf(error) === '22023' ? 'unknown' : undefined;
    }
  }

  return {
    find: (xid) =>
      new Promise((resolve) => {
        const askAgain = async (pauseMs: number) => {
          const outcome = await ask(xid);
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
