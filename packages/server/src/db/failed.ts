/** The database does not do its part: it cannot be reached, went away in the middle, or has no room on its disk. */
export class DatabaseFailed extends Error {
  /** It went away while it committed: what was written is kept or not, and only it knows. */
  readonly isUnsure: boolean;

  constructor(cause: unknown, { isUnsure = false } = {}) {
    const { message, code } = cause as { message?: string; code?: string };
    super(`The database failed: ${message || code || cause}`, { cause });
    this.name = 'DatabaseFailed';
    this.isUnsure = isUnsure;
  }
}

/** Whether what `error` ended may be done all the same. */
export const isUnsure = (error: unknown): boolean => error instanceof DatabaseFailed && error.isUnsure;
