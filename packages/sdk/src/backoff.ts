/** Exponential backoff with jitter. */

export interface BackoffOptions {
  /** The longest wait before the first retry. */
  minMs: number;
  /** The longest wait between two retries. */
  maxMs: number;
}

/**
 * Milliseconds before retry number `attempt` (from 0): doubles up to `maxMs`. Jitter spreads it over its upper
 * half, so that clients that lost the server at the same time do not return at the same time.
 */
export function backoff(attempt: number, { minMs, maxMs }: BackoffOptions): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** attempt);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
