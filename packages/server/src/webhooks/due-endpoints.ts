/**
 * Names of the endpoints that may have due deliveries. A round reads the state of those alone, so endpoints that are dead or rest
 * cost the others nothing, however many there are. Retries, and the deliveries of a node that died, become due without a notice
 * and are found by polling.
 */
import type { Db } from '../db/db.ts';
import { listDueEndpoints } from './store-endpoints.ts';

export class DueEndpoints {
  #names = new Set<string>();
  #isPollDue = true;

  add(names: Iterable<string>): void {
    for (const name of names) this.#names.add(name);
  }

  /** Looks for endpoints with due deliveries in the database at the next round. */
  poll(): void {
    this.#isPollDue = true;
  }

  /** Removes all names and returns them: a notice that comes during the round adds its endpoint again. */
  async take(db: Db, now: number): Promise<string[]> {
    if (this.#isPollDue) {
      this.add((await listDueEndpoints(db, now)).map(({ endpoint }) => endpoint));
      this.#isPollDue = false;
    }
    const names = [...this.#names];
    this.#names = new Set();
    return names;
  }
}
