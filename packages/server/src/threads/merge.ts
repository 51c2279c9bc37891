/** What a merge of contacts means for conversations and messages: they move to the survivor, and everybody concerned hears. */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import type { Fact } from '../events/listeners.ts';
import { announceConversation } from '../messages/announce.ts';
import { lockThreads } from '../messages/threads.ts';

/** Listens for merges; called once when the server opens. */
export function followMerges(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    for (const fact of facts) {
      if (fact.event === 'contact_merging') await move(tx, fact);
      if (fact.event === 'contact_merged') await tell(app, tx, fact);
    }
  });
}

interface Merge {
  base_id: number;
  mergee_id: number;
}

async function move(tx: Tx, { detail }: Fact): Promise<void> {
  const { base_id, mergee_id } = detail as unknown as Merge;
  await tx.run(
    tx.q.updateTable('conversations').set({ contact_id: base_id }).where('contact_id', '=', mergee_id),
  );
  await tx.run(
    tx.q
      .updateTable('messages')
      .set({ sender_id: base_id })
      .where('sender_type', '=', 'Contact')
      .where('sender_id', '=', mergee_id),
  );
  await tx.run(
    tx.q
      .updateTable('csat_survey_responses')
      .set({ contact_id: base_id })
      .where('contact_id', '=', mergee_id),
  );
}

async function tell(app: App, tx: Tx, { detail }: Fact): Promise<void> {
  const { merged } = detail as unknown as { merged: ContactRow };
  const rows = await tx.all(
    tx.q.selectFrom('conversations').select('id').where('contact_id', '=', merged.id),
  );
  const threads = await lockThreads(
    tx,
    rows.map(({ id }) => id),
  );
  for (const thread of threads.values())
    announceConversation(app, tx, 'conversation.contact_changed', thread);
}
