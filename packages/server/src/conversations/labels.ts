/** Labels of conversations; they need not exist in the account (application-api.md section 6.8). */
import type { agentConversations, Input } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { Actor } from '../events/domain-events.ts';
import { normalizeLabels } from '../labels/label-titles.ts';
import { requireMaxLabels } from '../labels/rules.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import { readWords } from '../stored-json.ts';
import { actorOf, changeConversation } from './change.ts';
import { getVisibleConversation } from './record/agent-scope.ts';
import { conversationScope } from './record/scope.ts';
import { sendLabels } from './record/store.ts';

type Endpoints = typeof agentConversations;

export async function listLabels(
  app: App,
  caller: AccountCaller,
  { conversation_id }: Input<Endpoints['agentListConversationLabels']>,
): Promise<{ payload: string[] }> {
  const { labels } = await getVisibleConversation(app, caller, conversation_id);
  return { payload: readWords(labels) };
}

/** Replaces all labels. */
export async function replaceLabels(
  app: App,
  caller: AccountCaller,
  input: Input<Endpoints['agentSetConversationLabels']>,
): Promise<{ payload: string[] }> {
  const seen = await getVisibleConversation(app, caller, input.conversation_id);
  return app.db.write(async (tx) => {
    const changed = await setLabels(app, tx, await lockConversation(tx, seen.id), {
      labels: input.labels ?? [],
      by: actorOf(caller),
    });
    return { payload: readWords(changed.conversation.labels) };
  }, conversationScope(seen));
}

/**
 * Replaces the labels, in the account's spelling, without blank and repeated ones. Does nothing when they are the same.
 * @throws invalid for too many labels
 */
export async function setLabels(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  given: { labels: readonly string[]; by: Actor },
): Promise<LoadedConversation> {
  const { by } = given;
  const labels = await normalizeLabels(tx, loaded.conversation.account_id, given.labels);
  const before = readWords(loaded.conversation.labels);
  if (JSON.stringify(before) === JSON.stringify(labels)) return loaded;
  requireMaxLabels(labels);
  sendLabels(tx, loaded.conversation, labels);
  const added = labels.filter((label) => !before.includes(label));
  const removed = before.filter((label) => !labels.includes(label));
  return changeConversation(app, tx, loaded, {
    changes: { labels: JSON.stringify(labels) },
    changed_attributes: { label_list: [before, labels] },
    activity: () => [
      ...(added.length ? [`${by.name} added ${added.join(', ')}`] : []),
      ...(removed.length ? [`${by.name} removed ${removed.join(', ')}`] : []),
    ],
    by,
  });
}
