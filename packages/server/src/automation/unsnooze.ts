/** Snoozed conversations whose time has come are opened again. Any number of nodes may do this at once. */
import type { App } from '../app.ts';
import { changeStatus } from '../conversations/status.ts';
import type { Tx } from '../db/db.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';

/** Conversations that one round opens; the rest follows in the next. */
const atOnce = 100;

/** Opens what is due. @returns how many were due */
export async function unsnoozeDue(app: App): Promise<number> {
  const { db } = app;
  const due = await db.all(
    db.q
      .selectFrom('conversations')
      .select('id')
      .where('snoozed_until', '<=', app.now())
      .where('status', '=', 'snoozed')
      .orderBy('snoozed_until')
      .limit(atOnce),
  );
  for (const { id } of due) await app.db.write((tx) => wake(app, tx, id));
  return due.length;
}

/** Another node may have opened it, or somebody may have snoozed it anew, since it was found due. */
async function wake(app: App, tx: Tx, id: number): Promise<void> {
  const loaded = (await lockConversations(tx, [id])).get(id);
  const until = loaded?.conversation.snoozed_until ?? null;
  if (loaded?.conversation.status !== 'snoozed' || until === null || until > app.now()) return;
  const line = 'Conversation was reopened because its snooze has ended';
  await changeStatus(app, tx, loaded, { status: 'open', by: { name: 'System' }, line });
}
