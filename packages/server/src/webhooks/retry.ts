/** A message that is sent again (application-api.md section 6.9) goes again to the webhook that did not take it. */
import type { App } from '../app.ts';
import { isAnyOf } from '../db/dialect.ts';
import { requeue, wakeWorkers } from './store.ts';

/** Listens for `message_retried`, which is told before the change; called once when the server opens. */
export function resendRetried(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    const ids = facts.flatMap(({ event, detail }) =>
      event === 'message_retried' ? [detail.message_id as number] : [],
    );
    if (!ids.length) return;
    const lost = await tx.all(
      tx.q
        .selectFrom('webhook_deliveries')
        .select('id')
        .where(isAnyOf(tx, 'message_id', ids))
        .where('endpoint', 'like', 'inbox:%')
        .where('event', '=', 'message_created')
        .where('status', '=', 'failed')
        .where('payload', '<>', ''),
    );
    if (!lost.length) return;
    await requeue(
      tx,
      app.now(),
      lost.map(({ id }) => id),
    );
    wakeWorkers(app, tx);
  });
}
