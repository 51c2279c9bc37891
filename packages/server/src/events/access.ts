/** Tells every node that what somebody may see has changed, so that sockets are attached anew or closed (design.md section 6). */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';

/** Topic of the transient on the bus. */
export const accessTopic = 'access';

/**
 * Whose access changed; the most particular key counts: a user, a session, else every session of an inbox and every
 * agent, else everybody in an account.
 */
export interface AccessChange {
  user_id?: number;
  session_id?: number;
  account_id?: number;
  inbox_id?: number;
}

/** Publishes `changes` once `tx` has committed. */
export function tellAccess(app: App, tx: Tx, changes: readonly AccessChange[]): void {
  tx.afterCommit(() => {
    for (const change of changes)
      app.bus.publish({ transient: { topic: accessTopic, payload: JSON.stringify(change) } });
  });
}
