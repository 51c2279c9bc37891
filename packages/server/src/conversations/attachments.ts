/** Lists the files of a conversation, newest first (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input, Output } from '@hoory/contract';
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { readPage, type SortOrder } from '../db/keyset.ts';
import type { AttachmentRow } from '../db/tables.ts';
import { findMessages, loadPartsOf } from '../messages/store.ts';
import { toStoredAttachment } from '../messages/wire.ts';
import { toUnix } from '../time.ts';
import { getVisibleConversation } from './record/agent-scope.ts';

type Endpoint = (typeof agentConversationUpkeep)['agentListConversationAttachments'];

const pageSize = 100;
const newestFirst: SortOrder = { name: 'attachments', type: 'number', parts: [{ direction: 'desc' }] };

export async function listAttachments(
  app: App,
  caller: AgentCaller,
  { conversation_id, cursor, page }: Input<Endpoint>,
): Promise<Output<Endpoint>> {
  const conversation = await getVisibleConversation(app, caller, conversation_id);
  const { db } = app;
  const own = db.q.selectFrom('attachments').where('conversation_id', '=', conversation.id);
  const counted = await db.get(own.select((on) => on.fn.countAll<number>().as('count')));
  const { rows, next_cursor } = await readPage<AttachmentRow>(
    db,
    {
      select: sql`attachments.*`,
      from: sql`attachments`,
      id: sql`id`,
      where: sql`conversation_id = ${conversation.id}`,
      order: newestFirst,
    },
    { cursor, page, size: pageSize },
  );
  const messages = await findMessages(db, [...new Set(rows.map(({ message_id }) => message_id))]);
  const parts = await loadPartsOf(db, conversation, messages);
  const senders = new Map(parts.map(({ message, sender }) => [message.id, sender]));
  return {
    meta: { total_count: counted?.count ?? 0, next_cursor },
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
