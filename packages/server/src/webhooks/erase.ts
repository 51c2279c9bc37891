/** What the ledger holds of contacts follows them: to the one they are merged into, and away when they are erased. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';

/** Listens for merges and erasures; called once when the server opens. */
export function scrubErasedContacts(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    for (const { event, detail } of facts) {
      if (event === 'contact_merged')
        await moveToContact(tx, detail.mergee_id as number, detail.base_id as number);
      if (event === 'contact_deleted') await scrubContact(tx, detail.contact_id as number);
    }
  });
}

async function moveToContact(tx: Tx, from: number, to: number): Promise<void> {
  await tx.run(tx.q.updateTable('webhook_deliveries').set({ contact_id: to }).where('contact_id', '=', from));
}

/** The rows stay, that something was sent; what was sent does not. What is not sent yet will not be. */
async function scrubContact(tx: Tx, contact_id: number): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('webhook_deliveries')
      .set({ payload: '', response_body: null })
      .where('contact_id', '=', contact_id),
  );
}
