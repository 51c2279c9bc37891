/** Muting: the conversation is resolved and its contact blocked; unmuting only unblocks (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { emitContact } from '../contacts/events.ts';
import { updateContactRow } from '../contacts/store.ts';
import { lockThread } from '../messages/loaded-conversation.ts';
import { actorOf, noteActivity } from './change.ts';
import { getSeenConversation } from './record/agent-scope.ts';
import { changeStatus } from './status.ts';

type Asked = Input<(typeof agentConversationUpkeep)['agentMuteConversation']>;

export async function mute(app: App, caller: AgentCaller, input: Asked): Promise<void> {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  const by = actorOf(caller);
  await app.db.write(async (tx) => {
    const thread = await lockThread(tx, id);
    await changeStatus(app, tx, thread, { status: 'resolved', by });
    if (thread.contact.blocked) return;
    const contact = await updateContactRow(app, tx, thread.contact, { blocked: 1 });
    await emitContact(app, tx, { event: 'contact.updated', contact, before: thread.contact });
    await noteActivity(app, tx, thread, [`${by.name} has muted the conversation`]);
  }, id);
}

export async function unmute(app: App, caller: AgentCaller, input: Asked): Promise<void> {
  const { id } = await getSeenConversation(app, caller, input.conversation_id);
  const by = actorOf(caller);
  await app.db.write(async (tx) => {
    const thread = await lockThread(tx, id);
    if (!thread.contact.blocked) return;
    const contact = await updateContactRow(app, tx, thread.contact, { blocked: 0 });
    await emitContact(app, tx, { event: 'contact.updated', contact, before: thread.contact });
    await noteActivity(app, tx, thread, [`${by.name} has unmuted the conversation`]);
  }, id);
}
