/** What the ledger holds of contacts follows them: to the one they are merged into, and away when they are erased. */
import type { Tx } from '../db/db.ts';
import { on } from '../events/listeners.ts';

/** Moves deliveries of a merged contact to the survivor, and empties those of an erased one. */
export const followContactsInLedger = on(['contact_merged', 'contact_deleted'], (tx, { event, detail }) =>
  event === 'contact_merged'
    ? moveToContact(tx, detail.mergee_id, detail.base_id)
    : scrubContact(tx, detail.contact_id),
);

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
