/** Deletes a conversation with everything in it (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { conversationEvent } from '../events/domain-events.ts';
import { emit } from '../events/emit.ts';
import { discardFiles } from '../files/discard.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { agentStreams } from './record/audience.ts';
import { deleteConversationRow } from './record/store.ts';

export async function deleteConversation(
  app: App,
  caller: AgentCaller,
  { conversation_id }: Input<(typeof agentConversationUpkeep)['agentDeleteConversation']>,
): Promise<void> {
  const { id } = await getVisibleConversation(app, caller, conversation_id);
  await app.db.write(async (tx) => removeConversation(app, tx, id));
}

/** Listeners of `conversation_deleting` delete their own rows first. The event for agents holds only the display id. */
export async function removeConversation(app: App, tx: Tx, id: number): Promise<void> {
  const conversation: ConversationRow | undefined = await tx.get(
    tx.q.selectFrom('conversations').selectAll().where('id', '=', id),
  );
  if (!conversation) return;
  await app.listeners.notify(tx, [conversationEvent('conversation_deleting', conversation, {})]);
  const files = await tx.all(
    tx.q.selectFrom('attachments').select(['file_key', 'thumb_key']).where('conversation_id', '=', id),
  );
  await deleteConversationRow(tx, id);
  emit(tx, 'conversation.deleted', [
    {
      streams: agentStreams(conversation),
      data: { account_id: conversation.account_id, id: conversation.display_id },
    },
  ]);
  const keys = files.flatMap(({ file_key, thumb_key }) => [file_key, thumb_key]);
  tx.afterCommit(() => void discardFiles(app, keys));
}
