/** How long to wait before the next try. */

export interface BackoffOptions {
  /** Milliseconds before the first retry, at most. */
  min: number;
  /** Milliseconds between retries, at most. */
  max: number;
}

/**
 * Milliseconds before retry number `attempt` (from 0): doubles up to `max`, and is spread over its upper half,
 * so that many clients cut off together do not come back together.
 */
export function backoff(attempt: number, { min, max }: BackoffOptions): number {
  const ceiling = Math.min(max, min * 2 ** attempt);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
