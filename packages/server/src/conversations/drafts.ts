/** Drafts: the unsent text of an agent in a conversation, for that agent only (application-api.md section 6.8). */
import type { agentConversationUpkeep, Draft, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { ConversationRow } from '../db/tables.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { conversationScope } from './record/scope.ts';
import { deleteDraftRow, insertDraft } from './store-drafts.ts';

type Endpoints = typeof agentConversationUpkeep;

export async function getDraft(
  app: App,
  caller: AgentCaller,
  { conversation_id }: Input<Endpoints['agentGetDraft']>,
): Promise<Draft> {
  const { id } = await getVisibleConversation(app, caller, conversation_id);
  const draft = await app.db.get(
    app.db.q
      .selectFrom('conversation_drafts')
      .select('message')
      .where('conversation_id', '=', id)
      .where('user_id', '=', caller.user.id),
  );
  return draft ? { has_draft: true, message: draft.message } : { has_draft: false };
}

/** An empty text deletes the draft. */
export async function setDraft(
  app: App,
  caller: AgentCaller,
  { conversation_id, message }: Input<Endpoints['agentSetDraft']>,
): Promise<void> {
  if (!message) return deleteDraft(app, caller, { account_id: caller.account.id, conversation_id });
  const conversation = await getVisibleConversation(app, caller, conversation_id);
  const draft = { ...keyOf(caller, conversation), message, updated_at: app.now() };
  await app.db.write((tx) => insertDraft(tx, draft), conversationScope(conversation));
}

export async function deleteDraft(
  app: App,
  caller: AgentCaller,
  { conversation_id }: Input<Endpoints['agentDeleteDraft']>,
): Promise<void> {
  const conversation = await getVisibleConversation(app, caller, conversation_id);
  await app.db.write(
    (tx) => deleteDraftRow(tx, keyOf(caller, conversation)),
    conversationScope(conversation),
  );
}

const keyOf = ({ user }: AgentCaller, { id }: ConversationRow) => ({ conversation_id: id, user_id: user.id });
