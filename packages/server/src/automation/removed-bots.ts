/**
 * What a bot's end means for conversations: those it was assigned are nobody's again, those that wait for it open for people,
 * and everybody concerned hears.
 */
import type { App } from '../app.ts';
import { keepsPending, rescue } from '../conversations/bot-handoff.ts';
import { updateConversation } from '../conversations/record/store.ts';
import type { Tx } from '../db/db.ts';
import type { BotHandoffRow, InboxRow } from '../db/tables.ts';
import type { Fact } from '../events/listeners.ts';
import { announceConversation, type LoadedConversation } from '../messages/announce.ts';
import { lockConversation, lockConversations } from '../messages/loaded-conversation.ts';

/** Conversations that one round opens; the rest follows in the next. */
const atOnce = 100;

/** Listens for deleted bots and for inboxes that lose theirs; called once when the server opens. */
export function followBots(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    for (const fact of facts) {
      if (fact.event === 'agent_bot_removed') await leave(app, tx, fact);
      if (fact.event === 'inbox_updated') await noteLost(app, tx, fact);
    }
  });
}

async function leave(app: App, tx: Tx, { detail }: Fact): Promise<void> {
  const rows = await tx.all(
    tx.q
      .selectFrom('conversations')
      .select('id')
      .where('assignee_agent_bot_id', '=', detail.agent_bot_id as number),
  );
  const ids = rows.map(({ id }) => id);
  for (const { conversation } of (await lockConversations(tx, ids)).values()) {
    const { id, account_id, inbox_id, assignee_agent_bot_id } = conversation;
    await updateConversation(tx, conversation, { assignee_agent_bot_id: null, updated_at: app.now() });
    const loaded = await lockConversation(tx, id);
    announceConversation(app, tx, 'conversation.updated', loaded);
    const changed_attributes = { assignee_agent_bot_id: [assignee_agent_bot_id, null] };
    await app.listeners.tell(tx, [
      {
        event: 'conversation_updated',
        account_id,
        inbox_id,
        conversation_id: id,
        detail: { changed_attributes },
      },
    ]);
    await open(app, tx, loaded);
  }
}

/** An inbox may have more pending conversations than one transaction should open. */
async function noteLost(app: App, tx: Tx, { account_id, detail }: Fact): Promise<void> {
  const { inbox, previous } = detail as { inbox: InboxRow; previous: InboxRow };
  if (previous.agent_bot_id === null || inbox.agent_bot_id !== null) return;
  const created_at = app.now();
  await tx.run(
    tx.q
      .insertInto('bot_handoffs')
      .values({ inbox_id: inbox.id, account_id, created_at })
      .onConflict((conflict) => conflict.column('inbox_id').doUpdateSet({ created_at })),
  );
}

/** Nobody opens what another bot still hears of. */
async function open(app: App, tx: Tx, loaded: LoadedConversation): Promise<void> {
  if (loaded.inbox.agent_bot_id === null && loaded.conversation.assignee_agent_bot_id === null)
    await rescue(app, tx, loaded, 'its bot was removed');
}

/** Opens some of what waits in inboxes that have lost their bot. Any number of nodes may do this at once. */
export async function openLeft(app: App): Promise<void> {
  const { db } = app;
  const left = await db.get(db.q.selectFrom('bot_handoffs').selectAll().orderBy('created_at').limit(1));
  if (!left) return;
  const ids = await listLeft(app, left);
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

/** None when the inbox has a bot again, or the account wants them to wait. Who wrote last comes first. */
async function listLeft({ db }: App, { inbox_id, account_id, created_at }: BotHandoffRow): Promise<number[]> {
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
      // What somebody left pending since then waits for something else.
      .where('conversations.created_at', '<=', created_at)
      .where('inboxes.agent_bot_id', 'is', null)
      .orderBy('conversations.last_activity_at', 'desc')
      .limit(atOnce),
  );
  return rows.map(({ id }) => id);
}
