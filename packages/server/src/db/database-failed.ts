/** The database cannot be reached, its connection broke, or its disk is full. Answered as 503. */
export class DatabaseFailed extends Error {
  /** The connection broke during the commit, and the outcome was not known in time: the transaction may be committed. */
  readonly isOutcomeUnknown: boolean;

  constructor(cause: unknown, { isOutcomeUnknown = false } = {}) {
    super(`The database failed: ${textOf(cause)}`, { cause });
    this.name = 'DatabaseFailed';
    this.isOutcomeUnknown = isOutcomeUnknown;
  }
}

/** The code of an error of a driver or of Node; empty when it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? `${error.code}` : '';

/** Errors of sockets may have a code and no message. */
const textOf = (cause: unknown): string =>
  (cause instanceof Error && (cause.message || codeOf(cause))) || `${cause}`;

/** Whether the work that failed with `error` may be committed. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof DatabaseFailed && error.isOutcomeUnknown;

/**
 * Whether PostgreSQL has refused a prepared statement because the columns of its result have changed: a newer node has migrated the
 * database. The statement was not executed, and runs when it is prepared anew.
 */
export const isStalePlan = (error: unknown): boolean =>
  codeOf(error) === '0A000' &&
  error instanceof Error &&
  'routine' in error &&
  error.routine === 'RevalidateCachedQuery';
