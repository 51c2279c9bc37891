/** Unassigns the conversations of removed bots, and opens pending conversations that no bot will answer. */
import type { App } from '../app.ts';
import { keepsPending, openPending } from '../conversations/bot-handoff.ts';
import { sendUpdate } from '../conversations/record/store.ts';
import type { Tx } from '../db/db.ts';
import type { BotHandoffRow } from '../db/tables.ts';
import { conversationEvent, type DomainEvent } from '../events/domain-events.ts';
import { on } from '../events/listeners.ts';
import { emitConversationEvent } from '../messages/emit-events.ts';
import {
  type LoadedConversation,
  lockConversation,
  lockConversations,
} from '../messages/loaded-conversation.ts';

/** Conversations that one run opens; the others follow in the next run. */
const batchSize = 100;

/** The listener of deleted bots, and of inboxes whose bot is removed. */
export const followRemovedBots = (app: App) =>
  on(['agent_bot_removed', 'inbox_updated'], (tx, event) =>
    event.event === 'agent_bot_removed' ? unassign(app, tx, event) : queueHandoff(app, tx, event),
  );

async function unassign(app: App, tx: Tx, { detail }: DomainEvent<'agent_bot_removed'>): Promise<void> {
  const rows = await tx.all(
    tx.q.selectFrom('conversations').select('id').where('assignee_agent_bot_id', '=', detail.agent_bot_id),
  );
  const ids = rows.map(({ id }) => id);
  for (const { conversation } of (await lockConversations(tx, ids)).values()) {
    const { id, assignee_agent_bot_id } = conversation;
    sendUpdate(tx, conversation, { assignee_agent_bot_id: null, updated_at: app.now() });
    const loaded = await lockConversation(tx, id);
    emitConversationEvent(app, tx, 'conversation.updated', loaded);
    await app.listeners.notify(tx, [
      conversationEvent('conversation_updated', conversation, {
        changed_attributes: { assignee_agent_bot_id: [assignee_agent_bot_id, null] },
      }),
    ]);
    await open(app, tx, loaded);
  }
}

/** Leaves the work to `openForAgents`: an inbox may have more pending conversations than one transaction should open. */
async function queueHandoff(app: App, tx: Tx, event: DomainEvent<'inbox_updated'>): Promise<void> {
  const {
    account_id,
    detail: { inbox, previous },
  } = event;
  if (previous.agent_bot_id === null || inbox.agent_bot_id !== null) return;
  const created_at = app.now();
  await tx.run(
    tx.q
      .insertInto('bot_handoffs')
      .values({ inbox_id: inbox.id, account_id, created_at })
      .onConflict((conflict) => conflict.column('inbox_id').doUpdateSet({ created_at })),
  );
}

/** A conversation that another bot answers stays pending. */
async function open(app: App, tx: Tx, loaded: LoadedConversation): Promise<void> {
  if (loaded.inbox.agent_bot_id === null && loaded.conversation.assignee_agent_bot_id === null)
    await openPending(app, tx, loaded, 'its bot was removed');
}

/** Opens a batch of pending conversations of an inbox whose bot was removed. Several nodes may run it at once. */
export async function openForAgents(app: App): Promise<void> {
  const { db } = app;
  const left = await db.get(db.q.selectFrom('bot_handoffs').selectAll().orderBy('created_at').limit(1));
  if (!left) return;
  const ids = await listPending(app, left);
  for (const id of ids)
    await db.write(async (tx) => {
      const loaded = (await lockConversations(tx, [id])).get(id);
      if (loaded) await open(app, tx, loaded);
    });
  if (!ids.length)
    await db.write((tx) =>
      tx.run(
        tx.q
          .deleteFrom('bot_handoffs')
          .where('inbox_id', '=', left.inbox_id)
          .where('created_at', '=', left.created_at),
      ),
    );
}

/** Newest activity first. Empty when the inbox has a bot again, or the account keeps conversations pending. */
async function listPending(
  { db }: App,
  { inbox_id, account_id, created_at }: BotHandoffRow,
): Promise<number[]> {
  if (await keepsPending(db, account_id)) return [];
  const rows = await db.all(
    db.q
      .selectFrom('conversations')
      .innerJoin('inboxes', 'inboxes.id', 'conversations.inbox_id')
      .select('conversations.id')
      .where('conversations.account_id', '=', account_id)
      .where('conversations.inbox_id', '=', inbox_id)
      .where('conversations.status', '=', 'pending')
      .where('conversations.assignee_agent_bot_id', 'is', null)
      // Conversations that became pending later do not wait for the removed bot.
      .where('conversations.created_at', '<=', created_at)
      .where('inboxes.agent_bot_id', 'is', null)
      .orderBy('conversations.last_activity_at', 'desc')
      .limit(batchSize),
  );
  return rows.map(({ id }) => id);
}
