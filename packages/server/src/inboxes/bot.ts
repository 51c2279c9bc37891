/**
 * The bot of an inbox: it gets the events of every conversation there, and new ones are pending for it (application-api.md section
 * 7).
 */
import type { AgentBot } from '@hoory/contract';
import { lockAccount } from '../accounts/store.ts';
import { getBot } from '../agent-bots/store.ts';
import { toAgentBot } from '../agent-bots/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { on } from '../events/listeners.ts';
import { getVisibleInbox } from './access.ts';
import { changeInbox, writeChanges } from './inboxes.ts';
import { listInboxRows } from './store.ts';

/** The bot of the inbox; an empty object without one. @throws not_found, not_authorized 401 for an agent who is not a member */
export async function showInboxBot(
  app: App,
  caller: AgentCaller,
  { id }: { id: number },
): Promise<{ agent_bot?: AgentBot }> {
  const { agent_bot_id } = await getVisibleInbox(app.db, caller, id);
  if (agent_bot_id === null) return {};
  return { agent_bot: toAgentBot(await getBot(app.db, caller.account.id, agent_bot_id), caller.role) };
}

/** Sets the bot of the inbox, or removes it when `agent_bot` is null or absent. @throws not_found for inbox or bot */
export async function setInboxBot(
  app: App,
  caller: AgentCaller,
  { id, agent_bot }: { id: number; agent_bot?: number | null },
): Promise<undefined> {
  await changeInbox(app, caller, {
    id,
    decide: async (_inbox, tx) => ({
      agent_bot_id: agent_bot == null ? null : (await getBot(tx, caller.account.id, agent_bot)).id,
    }),
  });
}

/** Listener: removes a deleted bot from its inboxes. */
export const detachRemovedBots = (app: App) =>
  on('agent_bot_removed', async (tx, { account_id, detail }) => {
    await lockAccount(tx, account_id);
    for (const inbox of await listInboxRows(tx, account_id))
      if (inbox.agent_bot_id === detail.agent_bot_id)
        await writeChanges(app, tx, inbox, { agent_bot_id: null });
  });
