/** The database does not do its part: it cannot be reached, went away in the middle, or has no room on its disk. */
export class DatabaseFailed extends Error {
  /** The connection broke during the commit, and the outcome was not known in time: the transaction may be done. */
  readonly isOutcomeUnknown: boolean;

  constructor(cause: unknown, { isOutcomeUnknown = false } = {}) {
    const { message, code } = cause as { message?: string; code?: string };
    super(`The database failed: ${message || code || cause}`, { cause });
    this.name = 'DatabaseFailed';
    this.isOutcomeUnknown = isOutcomeUnknown;
  }
}

/** Whether what `error` ended may be done all the same. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof DatabaseFailed && error.isOutcomeUnknown;
