/** Resolves open conversations that are idle for longer than their account allows (application-api.md section 6.3). Several nodes may run it at once. */
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
import { findText } from '../text.ts';

/** Conversations of an account that one run resolves; the others follow in the next run. */
const batchSize = 100;

/** The settings of an account, as `accounts/` has checked them. */
interface AutoResolveSettings {
  afterMinutes: number;
  /** Posted before the conversation is resolved. */
  message: string | undefined;
  /** Leaves conversations open in which the contact waits for an answer. */
  ignoresWaiting: boolean;
  label: string | undefined;
}

function readSettings(account: AccountRow): AutoResolveSettings {
  const settings = readFreeForm(account.settings);
  const minutes = settings.auto_resolve_after;
  return {
    afterMinutes: typeof minutes === 'number' ? minutes : Number.POSITIVE_INFINITY,
    message: findText(settings.auto_resolve_message),
    ignoresWaiting: settings.auto_resolve_ignore_waiting === true,
    label: findText(settings.auto_resolve_label),
  };
}

/** @returns how many conversations were due, at most a batch of each account */
export async function resolveIdle(app: App): Promise<number> {
  let due = 0;
  for (const account of await listAccountsWith(app.db, 'auto_resolve_after')) {
    const settings = readSettings(account);
    const ids = await listIdle(app, account, settings);
    for (const id of ids) await app.db.write((tx) => resolve(app, tx, id, settings));
    due += ids.length;
  }
  return due;
}

/** Milliseconds since 1970; a conversation without activity since then is idle. */
const limitOf = (app: App, { afterMinutes }: AutoResolveSettings): number =>
  app.now() - afterMinutes * 60_000;

async function listIdle(
  app: App,
  { id: account_id }: AccountRow,
  settings: AutoResolveSettings,
): Promise<number[]> {
  const { q, all } = app.db;
  let query = q
    .selectFrom('conversations')
    .select('id')
    .where('account_id', '=', account_id)
    .where('status', '=', 'open')
    .where(isActiveBefore(app.db, limitOf(app, settings)));
  if (settings.ignoresWaiting) query = query.where('waiting_since', 'is', null);
  const rows = await all(query.orderBy('last_activity_at').limit(batchSize));
  return rows.map(({ id }) => id);
}

/** Checked again under the lock: since it was found, somebody may have posted in it or resolved it. */
const isIdle = (app: App, conversation: ConversationRow, settings: AutoResolveSettings): boolean =>
  conversation.status === 'open' &&
  conversation.last_activity_at < limitOf(app, settings) &&
  !(settings.ignoresWaiting && conversation.waiting_since !== null);

async function resolve(app: App, tx: Tx, id: number, settings: AutoResolveSettings): Promise<void> {
  const loaded = (await lockConversations(tx, [id])).get(id);
  if (!loaded || !isIdle(app, loaded.conversation, settings)) return;
  const by = { name: 'System' };
  const { message: content, label, afterMinutes } = settings;
  if (content)
    await postWithin(tx, [systemMessage(app, id, { message_type: MessageType.template, content })]);
  const line = `Conversation was marked resolved by system after ${afterMinutes} minutes without activity`;
  const resolved = await changeStatus(app, tx, await lockConversation(tx, id), {
    status: 'resolved',
    by,
    line,
  });
  const labels = readWords(resolved.conversation.labels);
  // A conversation with too many labels is resolved without the label.
  if (!label || labels.length >= MAX_LABELS) return;
  await setLabels(app, tx, resolved, { labels: [...labels, label], by });
}
