/**
 * Ends a start whose PostgreSQL accepts connections and never answers. A time limit for every statement would cut long migrations
 * short, so a second connection checks during the start that the server answers.
 */
import pg from 'pg';
import { withTimeout } from '../timeout.ts';

/** The database accepts connections and does not answer. */
export class DatabaseUnresponsive extends Error {
  constructor(place: string) {
    super(
      `The database at ${place} accepts connections and has not answered within ${answerTimeoutMs / 1000} seconds. ` +
        'Check the server, and what stands between, then start again.',
    );
    this.name = 'DatabaseUnresponsive';
  }
}

/** Milliseconds for a connection and one answer, and between two of them: both together end a start after 12 seconds. */
const answerTimeoutMs = 10_000;
const pauseMs = 2000;

/**
 * Does `work`, which uses the database at `url`.
 * @throws DatabaseUnresponsive as soon as the database does not answer, whatever `work` waits for; and what connecting throws
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

/** Resolves when the database has answered. @throws DatabaseUnresponsive, and what connecting throws */
async function ask(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  const answer = client.connect().then(() => client.query('select 1'));
  const isAnswered = await withTimeout(answer, answerTimeoutMs).finally(() => {
    // Do not wait for a server that does not answer.
    client.end().catch(() => {});
  });
  if (!isAnswered)
    throw new DatabaseUnresponsive(
      client.host.startsWith('/') ? client.host : `${client.host}:${client.port}`,
    );
}
