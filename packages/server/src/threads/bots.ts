/** What a bot's end means for conversations: they are nobody's again, and everybody concerned hears. */
import type { App } from '../app.ts';
import { updateConversation } from '../conversations/store.ts';
import { announceConversation } from '../messages/announce.ts';
import { lockThread, lockThreads } from '../messages/threads.ts';

/** Listens for deleted bots; called once when the server opens. */
export function followBots(app: App): void {
  app.listeners.listen(async (tx, facts) => {
    for (const { event, detail } of facts) {
      if (event !== 'agent_bot_removed') continue;
      const rows = await tx.all(
        tx.q
          .selectFrom('conversations')
          .select('id')
          .where('assignee_agent_bot_id', '=', detail.agent_bot_id as number),
      );
      const ids = rows.map(({ id }) => id);
      for (const { conversation } of (await lockThreads(tx, ids)).values()) {
        const { id, account_id, inbox_id, assignee_agent_bot_id } = conversation;
        await updateConversation(tx, conversation, { assignee_agent_bot_id: null, updated_at: app.now() });
        announceConversation(app, tx, 'conversation.updated', await lockThread(tx, id));
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
      }
    }
  });
}
