/** Changes the status of a conversation for an agent or a bot, which may change the assignee as well (application-api.md section 7). */
import type { agentConversations, ConversationStatus, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import { handOffToAgents } from '../conversations/bot-handoff.ts';
import { actorOf } from '../conversations/change.ts';
import { getVisibleConversation } from '../conversations/record/agent-scope.ts';
import { conversationScope } from '../conversations/record/scope.ts';
import { changeStatus } from '../conversations/status.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { toIsoOrNull } from '../time.ts';
import { setAssignee } from './assign.ts';

/** Without a status, an open conversation is resolved and every other one opened (application-api.md section 7). */
export async function toggleStatus(
  app: App,
  caller: AccountCaller,
  input: Input<(typeof agentConversations)['agentToggleStatus']>,
) {
  const seen = await getVisibleConversation(app, caller, input.conversation_id);
  return app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, seen.id);
    const status: ConversationStatus =
      input.status ?? (loaded.conversation.status === 'open' ? 'resolved' : 'open');
    const snoozed_until = input.snoozed_until ? input.snoozed_until * 1000 : null;
    const by = actorOf(caller);
    const handsOff = caller.kind === 'bot' && status === 'open' && loaded.conversation.status === 'pending';
    const changed = handsOff
      ? await handOffToAgents(app, tx, loaded, { by })
      : await changeStatus(app, tx, loaded, { status, snoozed_until, by });
    const takesOver = status === 'open' && caller.kind === 'agent' && caller.role === 'agent';
    const { conversation } = takesOver
      ? await setAssignee(app, tx, changed, { by, assignee_id: caller.user.id })
      : changed;
    return {
      payload: {
        success: true as const,
        conversation_id: conversation.display_id,
        current_status: conversation.status,
        snoozed_until: toIsoOrNull(conversation.snoozed_until),
      },
    };
  }, conversationScope(seen));
}
