/** How long to wait before the next attempt. */

export interface BackoffOptions {
  /** The longest wait before the first retry. */
  minMs: number;
  /** The longest wait between two retries. */
  maxMs: number;
}

/**
 * Milliseconds before retry number `attempt` (from 0): doubles up to `maxMs`, and is spread over its upper half,
 * so that many clients cut off together do not come back together.
 */
export function backoff(attempt: number, { minMs, maxMs }: BackoffOptions): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** attempt);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
