/** Muting resolves a conversation and blocks its contact; unmuting only unblocks the contact (application-api.md section 6.8). */
import type { agentConversationUpkeep, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { emitContact } from '../contacts/events.ts';
import { updateContactRow } from '../contacts/store.ts';
import { conversationEvent } from '../events/domain-events.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { actorOf } from './change.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { changeStatus } from './status.ts';

type MuteInput = Input<(typeof agentConversationUpkeep)['agentMuteConversation']>;

export async function mute(app: App, caller: AgentCaller, input: MuteInput): Promise<void> {
  const { id } = await getVisibleConversation(app, caller, input.conversation_id);
  const by = actorOf(caller);
  await app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, id);
    await changeStatus(app, tx, loaded, { status: 'resolved', by });
    if (loaded.contact.blocked) return;
    const contact = await updateContactRow(app, tx, loaded.contact, { blocked: 1 });
    await emitContact(app, tx, { event: 'contact.updated', contact, before: loaded.contact });
    const activity = [`${by.name} has muted the conversation`];
    await app.listeners.notify(tx, [
      conversationEvent('conversation_muted', loaded.conversation, { activity }),
    ]);
  });
}

export async function unmute(app: App, caller: AgentCaller, input: MuteInput): Promise<void> {
  const { id } = await getVisibleConversation(app, caller, input.conversation_id);
  const by = actorOf(caller);
  await app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, id);
    if (!loaded.contact.blocked) return;
    const contact = await updateContactRow(app, tx, loaded.contact, { blocked: 0 });
    await emitContact(app, tx, { event: 'contact.updated', contact, before: loaded.contact });
    const activity = [`${by.name} has unmuted the conversation`];
    await app.listeners.notify(tx, [
      conversationEvent('conversation_unmuted', loaded.conversation, { activity }),
    ]);
  });
}
