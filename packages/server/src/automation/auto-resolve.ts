/**
 * Open conversations in which nothing has happened for as long as their account says are resolved (application-api.md
 * section 6.3). Any number of nodes may do this at once.
 */
import { MAX_LABELS, MessageType } from '@hoory/contract';
import { listAccountsWith } from '../accounts/store.ts';
import type { App } from '../app.ts';
import { setLabels } from '../conversations/labels.ts';
import { changeStatus } from '../conversations/status.ts';
import type { Tx } from '../db/db.ts';
import { isActiveBefore } from '../db/dialect.ts';
import type { AccountRow, ConversationRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { systemMessage } from '../messages/activity.ts';
import { lockConversation, lockConversations } from '../messages/loaded-conversation.ts';
import { postWithin } from '../messages/post.ts';
import { readWords } from '../stored-json.ts';

/** Conversations of an account that one round resolves; the rest follows in the next. */
const atOnce = 100;

interface Settings {
  /** Minutes. */
  auto_resolve_after?: number;
  auto_resolve_message?: string;
  auto_resolve_ignore_waiting?: boolean;
  auto_resolve_label?: string;
}

/** Resolves what is due in every account. @returns how many were due */
export async function resolveIdle(app: App): Promise<number> {
  let due = 0;
  for (const account of await listAccountsWith(app.db, 'auto_resolve_after')) {
    const settings = readFreeForm(account.settings) as Settings;
    const ids = await listIdle(app, account, settings);
    for (const id of ids) await app.db.write((tx) => resolve(app, tx, id, settings));
    due += ids.length;
  }
  return due;
}

const limitOf = (app: App, { auto_resolve_after = Number.POSITIVE_INFINITY }: Settings): number =>
  app.now() - auto_resolve_after * 60_000;

async function listIdle(app: App, { id: account_id }: AccountRow, settings: Settings): Promise<number[]> {
  const { q, all } = app.db;
  let query = q
    .selectFrom('conversations')
    .select('id')
    .where('account_id', '=', account_id)
    .where('status', '=', 'open')
    .where(isActiveBefore(app.db, limitOf(app, settings)));
  if (settings.auto_resolve_ignore_waiting) query = query.where('waiting_since', 'is', null);
  const rows = await all(query.orderBy('last_activity_at').limit(atOnce));
  return rows.map(({ id }) => id);
}

/** Somebody may have written, or resolved it, since it was found idle. */
const isIdle = (app: App, conversation: ConversationRow, settings: Settings): boolean =>
  conversation.status === 'open' &&
  conversation.last_activity_at < limitOf(app, settings) &&
  !(settings.auto_resolve_ignore_waiting && conversation.waiting_since !== null);

async function resolve(app: App, tx: Tx, id: number, settings: Settings): Promise<void> {
  const loaded = (await lockConversations(tx, [id])).get(id);
  if (!loaded || !isIdle(app, loaded.conversation, settings)) return;
  const by = { name: 'System' };
  const { auto_resolve_message: content, auto_resolve_label: label, auto_resolve_after: minutes } = settings;
  if (content)
    await postWithin(tx, [systemMessage(app, id, { message_type: MessageType.template, content })]);
  const line = `Conversation was marked resolved by system after ${minutes} minutes without activity`;
  const resolved = await changeStatus(app, tx, await lockConversation(tx, id), {
    status: 'resolved',
    by,
    line,
  });
  const labels = readWords(resolved.conversation.labels);
  // A conversation without room for it is resolved all the same.
  if (!label || labels.length >= MAX_LABELS) return;
  await setLabels(app, tx, resolved, { labels: [...labels, label], by });
}
