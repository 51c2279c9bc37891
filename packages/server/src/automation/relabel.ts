/**
 * Renames or deletes a label on conversations and contacts, in batches. The table `label_changes` holds the changes that are not
 * finished, so the work goes on after a restart.
 */
import type { App } from '../app.ts';
import { lockContact } from '../contacts/agent-store.ts';
import { listLabelTitles, writeContactLabels } from '../contacts/labels.ts';
import { sendLabels, sendUpdate } from '../conversations/record/store.ts';
import type { Tx } from '../db/db.ts';
import type { LabelChangeRow } from '../db/tables.ts';
import { conversationEvent } from '../events/domain-events.ts';
import { on } from '../events/listeners.ts';
import { queueLabelNormalization } from '../labels/label-titles.ts';
import { deleteLabelChange, findOldestLabelChange } from '../labels/store-changes.ts';
import { emitConversationEvent } from '../messages/emit-events.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { readWords } from '../stored-json.ts';

/** Rows of one transaction: few, so that a message posted meanwhile waits for a short transaction. */
const batchSize = 50;

export interface Relabeling {
  /** Handles all changes that are left; errors are logged. */
  work(): Promise<void>;
  /** Resolves after the current batch; the other changes wait for the next start. */
  close(): Promise<void>;
}

/** Begins with the changes that an earlier process left. `wakeRelabeling` calls `work` after each change of a label. */
export function openRelabeling(app: App): Relabeling {
  let isClosed = false;
  let run: Promise<void> = Promise.resolve();
  const handleAll = async () => {
    await app.db.write((tx) => queueLabelNormalization(tx, app.now()));
    for (
      let change = await findOldestLabelChange(app.db);
      change && !isClosed;
      change = await findOldestLabelChange(app.db)
    )
      await applyChange(app, change, () => isClosed);
  };
  const work = () => {
    run = run
      .then(handleAll)
      .catch((err) => app.log.error({ err }, 'Could not rename or delete a label everywhere'));
    return run;
  };
  void work();
  return {
    work,
    close: () => {
      isClosed = true;
      return run;
    },
  };
}

/** The listener that starts the work after the commit of a changed label. */
export const wakeRelabeling = ({ work }: Pick<Relabeling, 'work'>) =>
  on('label_changed', async (tx) => tx.afterCommit(() => void work()));

async function applyChange(app: App, change: LabelChangeRow, isClosed: () => boolean): Promise<void> {
  for (const relabelSome of [relabelConversations, relabelContacts])
    while (await app.db.write((tx) => relabelSome(app, tx, change))) if (isClosed()) return;
  await deleteLabelChange(app.db, change.id);
}

/** Relabels one batch. @returns whether more may be left */
async function relabelConversations(
  app: App,
  tx: Tx,
  { account_id, title, new_title }: LabelChangeRow,
): Promise<boolean> {
  const rows = await tx.all(
    tx.q
      .selectFrom('conversation_labels')
      .select('conversation_id')
      .where('account_id', '=', account_id)
      .where('label', '=', title)
      .orderBy('conversation_id')
      .limit(batchSize),
  );
  const loadedById = await lockConversations(
    tx,
    rows.map(({ conversation_id }) => conversation_id),
  );
  for (const loaded of loadedById.values()) {
    const before = readWords(loaded.conversation.labels);
    const after = relabeled(before, { title, new_title });
    sendLabels(tx, loaded.conversation, after);
    const changes = { labels: JSON.stringify(after), updated_at: app.now() };
    const conversation = sendUpdate(tx, loaded.conversation, changes);
    emitConversationEvent(app, tx, 'conversation.updated', { ...loaded, conversation });
    await app.listeners.notify(tx, [
      conversationEvent('conversation_updated', conversation, {
        changed_attributes: { label_list: [before, after] },
      }),
    ]);
  }
  return loadedById.size > 0;
}

/** Relabels one batch. @returns whether more may be left */
async function relabelContacts(
  app: App,
  tx: Tx,
  { account_id, title, new_title }: LabelChangeRow,
): Promise<boolean> {
  const rows = await tx.all(
    tx.q
      .selectFrom('contact_labels')
      .select('contact_id')
      .where('account_id', '=', account_id)
      .where('label', '=', title)
      .orderBy('contact_id')
      .limit(batchSize),
  );
  for (const { contact_id } of rows) {
    const contact = await lockContact(tx, account_id, contact_id);
    if (!contact) continue;
    const labels = relabeled(await listLabelTitles(tx, contact_id), { title, new_title });
    await writeContactLabels(app, tx, contact, labels);
  }
  return rows.length > 0;
}

const relabeled = (
  labels: readonly string[],
  { title, new_title }: Pick<LabelChangeRow, 'title' | 'new_title'>,
): string[] => [...new Set(labels.flatMap((label) => (label === title ? (new_title ?? []) : label)))];
