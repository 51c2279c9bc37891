/** Hands conversations off from a bot to agents: on its request, or when it cannot be reached or is removed (application-api.md section 7). */
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { type Actor, conversationEvent } from '../events/domain-events.ts';
import { readFreeForm } from '../free-form.ts';
import type { LoadedConversation } from '../messages/loaded-conversation.ts';
import { changeStatus } from './status.ts';

interface BotHandoff {
  by: Actor;
  /** The activity line, if not the usual one of the status. */
  line?: string;
}

/** Opens the conversation; the contact waits from now on, if it did not already. Notifies `conversation_bot_handoff`. */
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

/** Opens a pending conversation that no bot answers, unless the account keeps those pending. @param reason ends the activity line */
export async function openPending(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  reason: string,
): Promise<void> {
  const { status, account_id } = loaded.conversation;
  if (status !== 'pending' || (await keepsPending(tx, account_id))) return;
  const line = `Conversation was opened by the system because ${reason}`;
  await handOffToAgents(app, tx, loaded, { by: { name: 'the system' }, line });
}

/** Whether the account's setting `keep_pending_on_bot_failure` is on. */
export async function keepsPending(db: Sql, account_id: number): Promise<boolean> {
  const account = await db.get(db.q.selectFrom('accounts').select('settings').where('id', '=', account_id));
  return readFreeForm(account?.settings ?? '{}').keep_pending_on_bot_failure === true;
}
