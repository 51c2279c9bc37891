/**
 * Ends a start whose PostgreSQL cannot be used or never answers. A time limit for every statement would cut long migrations short, so
 * a second connection checks during the start that the server answers.
 */
import { DatabaseFailed } from '../database-failed.ts';
import { withTimeout } from '../timeout.ts';
import { PrimaryClient, placeOf, reasonOf } from './primary.ts';

/** The database does not answer. */
export class DatabaseUnresponsive extends Error {
  constructor(place: string) {
    super(
      `The database at ${place} has not answered within ${answerTimeoutMs / 1000} seconds. ` +
        'Check the server, and what stands between, then start again.',
    );
    this.name = 'DatabaseUnresponsive';
  }
}

/** The database cannot be used at the start. The message names the address without its password. */
export class DatabaseUnusable extends Error {
  constructor(place: string, reason: string) {
    super(
      `The database at ${place} cannot be used: ${reason}. Check DATABASE_URL and the server, then start again.`,
    );
    this.name = 'DatabaseUnusable';
  }
}

/** Milliseconds for a connection and one answer: a start with a wrong address ends within 10 seconds. */
const answerTimeoutMs = 8000;
/** Milliseconds between two answers. */
const pauseMs = 2000;

/**
 * Does `work`, which uses the database at `url`.
 * @throws DatabaseUnusable when nothing answers at the start, refuses, or fails a step of `work`; DatabaseUnresponsive as soon as the
 *   database does not answer, whatever `work` waits for
 */
export async function whileAnswering<Out>(url: string, work: () => Promise<Out>): Promise<Out> {
  await ask(url);
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const askAgain = () => {
      // Other errors reach `work` too, which handles them.
      ask(url)
        .catch((error) => error instanceof DatabaseUnresponsive && reject(error))
        .finally(() => {
          if (timer) timer = setTimeout(askAgain, pauseMs);
        });
    };
    timer = setTimeout(askAgain, pauseMs);
  });
  return Promise.race([work(), silence])
    .catch((error) => {
      throw explainFailure(url, error);
    })
    .finally(() => {
      clearTimeout(timer);
      timer = undefined;
    });
}

/** Resolves when the database has answered. @throws DatabaseUnusable, DatabaseUnresponsive */
async function ask(url: string): Promise<void> {
  const client = new PrimaryClient({ connectionString: url });
  try {
    if (await withTimeout(client.connect(), answerTimeoutMs)) return;
  } catch (error) {
    throw new DatabaseUnusable(placeOf(url), reasonOf(error));
  } finally {
    // Do not wait for a server that does not answer.
    client.end().catch(() => {});
  }
  throw new DatabaseUnresponsive(placeOf(url));
}

/** A step of the start may fail anywhere; the address and the reason say more than the place in the code. */
function explainFailure(url: string, error: unknown): unknown {
  return error instanceof DatabaseFailed ? new DatabaseUnusable(placeOf(url), reasonOf(error.cause)) : error;
}
