/**
 * Ends a start whose PostgreSQL cannot be used or never answers. A time limit for every statement would cut long migrations short, so
 * a second connection checks during the start that the server answers.
 */
import pg from 'pg';
import { withTimeout } from '../timeout.ts';

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
 * @throws DatabaseUnusable when nothing answers at the start, or refuses; DatabaseUnresponsive as soon as the database does not
 *   answer, whatever `work` waits for
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
  return Promise.race([work(), silence]).finally(() => {
    clearTimeout(timer);
    timer = undefined;
  });
}

/** Resolves when the database has answered. @throws DatabaseUnusable, DatabaseUnresponsive */
async function ask(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  const place = client.host.startsWith('/') ? client.host : `${client.host}:${client.port}`;
  const answer = client.connect().then(() => client.query('select 1'));
  try {
    if (await withTimeout(answer, answerTimeoutMs)) return;
  } catch (error) {
    throw new DatabaseUnusable(place, reasonOf(error));
  } finally {
    // Do not wait for a server that does not answer.
    client.end().catch(() => {});
  }
  throw new DatabaseUnresponsive(place);
}

/** `localhost` has several addresses; the error of each attempt is a part of one without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : 'unknown';
}
