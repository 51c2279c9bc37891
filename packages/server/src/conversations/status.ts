/** Changes the status of a conversation, with its events and the survey (client-api.md 5.8, application-api.md section 7). */
import type { ConversationStatus } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { type Actor, conversationEvent } from '../events/domain-events.ts';
import { readFreeForm } from '../free-form.ts';
import { systemMessage } from '../messages/activity.ts';
import { emitConversationEvent } from '../messages/emit-events.ts';
import { type LoadedConversation, lockConversation } from '../messages/loaded-conversation.ts';
import type { MessageInput } from '../messages/message-input.ts';
import { postWithin } from '../messages/post.ts';
import { findText } from '../text.ts';
import { statusAttributes } from './record/changes.ts';
import { statusChanges } from './record/rules.ts';
import { sendUpdate } from './record/store.ts';

export interface StatusChange {
  status: ConversationStatus;
  /** Milliseconds since 1970; absent for a snooze without end. */
  snoozed_until?: number | null;
  by: Actor;
  /** Further columns to change with the status. */
  also?: Partial<ConversationRow>;
  /** The activity line, if not the usual one of the status. */
  line?: string;
}

const activityLines: Record<ConversationStatus, (by: string) => string> = {
  open: (by) => `Conversation was reopened by ${by}`,
  resolved: (by) => `Conversation was marked resolved by ${by}`,
  pending: (by) => `Conversation was marked as pending by ${by}`,
  snoozed: (by) => `Conversation was snoozed by ${by}`,
};

/** Does nothing when status and snooze are the same. Resolving also sends the survey of the inbox. */
export async function changeStatus(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { status, snoozed_until, by, also, line }: StatusChange,
): Promise<LoadedConversation> {
  const before = loaded.conversation;
  const until = snoozed_until ?? null;
  if (before.status === status && before.snoozed_until === until) return loaded;
  const conversation = sendUpdate(tx, before, {
    ...statusChanges(status, until, app.now()),
    ...also,
  });
  const changed: LoadedConversation = { ...loaded, conversation };
  if (before.status !== status) emitConversationEvent(app, tx, 'conversation.status_changed', changed);
  emitConversationEvent(app, tx, 'conversation.updated', changed);
  const changed_attributes = statusAttributes(before, conversation);
  const change = { changed_attributes, by };
  await app.listeners.notify(tx, [
    ...(before.status === status
      ? []
      : [conversationEvent('conversation_status_changed', conversation, change)]),
    conversationEvent('conversation_updated', conversation, {
      ...change,
      activity: [line ?? activityLines[status](by.name)],
    }),
  ]);
  await postWithin(tx, surveyFor(app, changed));
  return lockConversation(tx, conversation.id);
}

/** The question of a survey when the inbox has none of its own. */
export const defaultQuestion = 'Please rate this conversation';

/** The survey of a resolved conversation: at most one for each conversation, and only when the inbox sends surveys. */
function surveyFor(app: App, loaded: LoadedConversation): MessageInput[] {
  const { conversation, inbox } = loaded;
  if (conversation.status !== 'resolved' || !inbox.csat_survey_enabled || conversation.has_csat) return [];
  const config = readFreeForm(inbox.csat_config);
  const content = findText(config.message) || defaultQuestion;
  const content_attributes = JSON.stringify({ display_type: findText(config.display_type) ?? 'emoji' });
  return [
    systemMessage(app, conversation.id, {
      message_type: MessageType.template,
      content,
      content_type: 'input_csat',
      content_attributes,
    }),
  ];
}
