/** Listener of retried messages (application-api.md section 6.9): sends the failed delivery again. */
import type { App } from '../app.ts';
import { on } from '../events/listeners.ts';
import { requeue } from './store.ts';

/** Queues the failed delivery of a retried message again. */
export const resendRetried = (app: App) =>
  on('message_retried', async (tx, { detail }) => {
    const lost = await tx.all(
      tx.q
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('message_id', '=', detail.message_id)
        .where('endpoint', 'like', 'inbox:%')
        .where('event', '=', 'message_created')
        .where('status', '=', 'failed')
        .where('payload', '<>', ''),
    );
    if (!lost.length) return;
    await requeue(
      app,
      tx,
      lost.map(({ id }) => id),
    );
  });
