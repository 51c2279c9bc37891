/** Listener that keeps the ledger in step with contacts that are merged or erased. */
import { on } from '../events/listeners.ts';
import { clearContentOfContact, moveToContact } from './store.ts';

/** Moves deliveries of a merged contact to the remaining one, and clears the content of those of an erased one. */
export const followContactsInLedger = on(
  ['contact_merged', 'contact_deleted'],
  async (tx, { event, detail }) => {
    if (event === 'contact_merged') await moveToContact(tx, detail.mergee_id, detail.base_id);
    else await clearContentOfContact(tx, detail.contact_id);
  },
);
