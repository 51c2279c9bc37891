/** Opens snoozed conversations at the end of their snooze. Several nodes may run it at once. */
import type { App } from '../app.ts';
import { changeStatus } from '../conversations/status.ts';
import type { Tx } from '../db/db.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';

/** Conversations that one run opens; the others follow in the next run. */
const batchSize = 100;

/** @returns how many conversations were due, at most a batch */
export async function unsnoozeDue(app: App): Promise<number> {
  const { db } = app;
  const due = await db.all(
    db.q
      .selectFrom('conversations')
      .select('id')
      .where('snoozed_until', '<=', app.now())
      .where('status', '=', 'snoozed')
      .orderBy('snoozed_until')
      .limit(batchSize),
  );
  for (const { id } of due) await app.db.write((tx) => unsnooze(app, tx, id));
  return due.length;
}

/** Checks under the lock: another node may have opened the conversation, or an agent may have snoozed it again. */
async function unsnooze(app: App, tx: Tx, id: number): Promise<void> {
  const loaded = (await lockConversations(tx, [id])).get(id);
  const until = loaded?.conversation.snoozed_until ?? null;
  if (loaded?.conversation.status !== 'snoozed' || until === null || until > app.now()) return;
  const line = 'Conversation was reopened because its snooze has ended';
  await changeStatus(app, tx, loaded, { status: 'open', by: { name: 'System' }, line });
}
