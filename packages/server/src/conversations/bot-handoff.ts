/** From a bot to people (application-api.md section 7): asked for by the bot, or because it does not answer, or is gone. */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { type Actor, conversationEvent } from '../events/domain-events.ts';
import { readFreeForm } from '../free-form.ts';
import type { LoadedConversation } from '../messages/loaded-conversation.ts';
import { changeStatus } from './status.ts';

interface BotHandoff {
  by: Actor;
  /** The activity line, where it is not the usual one. */
  line?: string;
}

/** Opens a conversation, in which the customer waits from now on at the latest; who watches the inbox hears of it. */
export async function handOffToAgents(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { by, ...line }: BotHandoff,
): Promise<LoadedConversation> {
  const also = { waiting_since: loaded.conversation.waiting_since ?? app.now() };
  const opened = await changeStatus(app, tx, loaded, { status: 'open', by, also, ...line });
  await app.listeners.notify(tx, [
    conversationEvent('conversation_bot_handoff', opened.conversation, { by }),
  ]);
  return opened;
}

/** What no bot will take: a pending conversation goes to people, unless the account wants it to wait. */
export async function openPending(app: App, tx: Tx, loaded: LoadedConversation, why: string): Promise<void> {
  const { status, account_id } = loaded.conversation;
  if (status !== 'pending' || (await keepsPending(tx, account_id))) return;
  const line = `Conversation was opened by the system because ${why}`;
  await handOffToAgents(app, tx, loaded, { by: { name: 'the system' }, line });
}

export async function keepsPending(db: Sql, account_id: number): Promise<boolean> {
  const account = await db.get(db.q.selectFrom('accounts').select('settings').where('id', '=', account_id));
  const settings = readFreeForm(account?.settings ?? '{}') as { keep_pending_on_bot_failure?: unknown };
  return settings.keep_pending_on_bot_failure === true;
}
