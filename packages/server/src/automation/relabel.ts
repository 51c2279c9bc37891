/** Conversations and contacts follow when a label that they carry is renamed or deleted: some at a time, also after a restart. */
import type { App } from '../app.ts';
import { lockContact } from '../contacts/agent-store.ts';
import { listLabelTitles, writeContactLabels } from '../contacts/labels.ts';
import { writeLabels } from '../conversations/record/store.ts';
import type { Tx } from '../db/db.ts';
import type { LabelChangeRow } from '../db/tables.ts';
import { conversationEvent } from '../events/domain-events.ts';
import { on } from '../events/listeners.ts';
import { queueLabelNormalization } from '../labels/label-titles.ts';
import { deleteLabelChange, findOldestLabelChange } from '../labels/store-changes.ts';
import { emitConversationEvent } from '../messages/emit-events.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { readWords } from '../stored-json.ts';

/** Few enough that a message posted meanwhile hardly waits. */
const batchSize = 50;

export interface Relabeling {
  /** Works off what a fault has left. */
  work(): Promise<void>;
  /** Resolves when the batch that runs is done; what is left waits for the next start. */
  close(): Promise<void>;
}

/** Works off `label_changes` from the start on; `wakeRelabeling` calls it whenever a label changes. */
export function openRelabeling(app: App): Relabeling {
  let isClosed = false;
  let round: Promise<void> = Promise.resolve();
  const workOff = async () => {
    await app.db.write((tx) => queueLabelNormalization(tx, app.now()));
    for (
      let change = await findOldestLabelChange(app.db);
      change && !isClosed;
      change = await findOldestLabelChange(app.db)
    )
      await follow(app, change, () => isClosed);
  };
  const work = () => {
    round = round
      .then(workOff)
      .catch((err) => app.log.error({ err }, 'a label could not be changed everywhere'));
    return round;
  };
  void work();
  return {
    work,
    close: () => {
      isClosed = true;
      return round;
    },
  };
}

/** Starts the work once a change of a label has committed. */
export const wakeRelabeling = ({ work }: Pick<Relabeling, 'work'>) =>
  on('label_changed', async (tx) => tx.afterCommit(() => void work()));

async function follow(app: App, change: LabelChangeRow, isClosed: () => boolean): Promise<void> {
  for (const relabelSome of [relabelConversations, relabelContacts])
    while (await app.db.write((tx) => relabelSome(app, tx, change))) if (isClosed()) return;
  await deleteLabelChange(app.db, change.id);
}

/** @returns whether there may be more */
async function relabelConversations(
  app: App,
  tx: Tx,
  { account_id, title, new_title }: LabelChangeRow,
): Promise<boolean> {
  const carrying = await tx.all(
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
    carrying.map(({ conversation_id }) => conversation_id),
  );
  for (const loaded of loadedById.values()) {
    const before = readWords(loaded.conversation.labels);
    const after = relabeled(before, { title, new_title });
    const written = { labels: after, updated_at: app.now() };
    const conversation = await writeLabels(tx, loaded.conversation, written);
    emitConversationEvent(app, tx, 'conversation.updated', { ...loaded, conversation });
    await app.listeners.notify(tx, [
      conversationEvent('conversation_updated', conversation, {
        changed_attributes: { label_list: [before, after] },
      }),
    ]);
  }
  return loadedById.size > 0;
}

/** @returns whether there may be more */
async function relabelContacts(
  app: App,
  tx: Tx,
  { account_id, title, new_title }: LabelChangeRow,
): Promise<boolean> {
  const carrying = await tx.all(
    tx.q
      .selectFrom('contact_labels')
      .select('contact_id')
      .where('account_id', '=', account_id)
      .where('label', '=', title)
      .orderBy('contact_id')
      .limit(batchSize),
  );
  for (const { contact_id } of carrying) {
    const contact = await lockContact(tx, account_id, contact_id);
    if (!contact) continue;
    const labels = relabeled(await listLabelTitles(tx, contact_id), { title, new_title });
    await writeContactLabels(app, tx, contact, labels);
  }
  return carrying.length > 0;
}

const relabeled = (
  labels: readonly string[],
  { title, new_title }: Pick<LabelChangeRow, 'title' | 'new_title'>,
): string[] => [...new Set(labels.flatMap((label) => (label === title ? (new_title ?? []) : label)))];
