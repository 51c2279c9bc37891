/** The files of a conversation, newest first (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input, Output } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { getSeenConversation } from '../conversations/seen.ts';
import { findMessages, loadPartsOf } from '../messages/store.ts';
import { toStoredAttachment } from '../messages/wire.ts';
import { toUnix } from '../time.ts';

type Endpoint = (typeof agentConversationUpkeep)['agentListConversationAttachments'];

const pageSize = 100;

export async function listAttachments(
  app: App,
  caller: AgentCaller,
  { conversation_id, page = 1 }: Input<Endpoint>,
): Promise<Output<Endpoint>> {
  const conversation = await getSeenConversation(app, caller, conversation_id);
  const { db } = app;
  const own = db.q.selectFrom('attachments').where('conversation_id', '=', conversation.id);
  const counted = await db.get(own.select((on) => on.fn.countAll<number>().as('count')));
  const rows = await db.all(
    own
      .selectAll()
      .orderBy('id', 'desc')
      .limit(pageSize)
      .offset((page - 1) * pageSize),
  );
  const messages = await findMessages(db, [...new Set(rows.map(({ message_id }) => message_id))]);
  const parts = await loadPartsOf(db, conversation, messages);
  const senders = new Map(parts.map(({ message, sender }) => [message.id, sender]));
  return {
    meta: { total_count: counted?.count ?? 0 },
    payload: rows.map((row) => {
      const sender = senders.get(row.message_id);
      return {
        ...toStoredAttachment(app, row),
        created_at: toUnix(row.created_at),
        ...(sender && { sender }),
      };
    }),
  };
}
