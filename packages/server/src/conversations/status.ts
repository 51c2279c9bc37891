/** Changes of a conversation's status, with all that follows from them (client-api.md 5.8, application-api.md section 7). */
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { announceConversation, type LoadedConversation } from '../messages/announce.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { type PostInput, postWithin } from '../messages/post.ts';
import { automatic } from './change.ts';
import { type Actor, conversationFact, statusAttributes } from './record/changes.ts';
import { type Status, statusChanges } from './record/rules.ts';
import { updateConversation } from './record/store.ts';

export interface StatusChange {
  status: Status;
  snoozed_until?: number | null;
  /** Who did it. */
  by: Actor;
  /** Columns that change with it. */
  also?: Partial<ConversationRow>;
  /** The activity line, where it is not the usual one of the status. */
  line?: string;
}

const activity: Record<Status, (by: string) => string> = {
  open: (by) => `Conversation was reopened by ${by}`,
  resolved: (by) => `Conversation was marked resolved by ${by}`,
  pending: (by) => `Conversation was marked as pending by ${by}`,
  snoozed: (by) => `Conversation was snoozed by ${by}`,
};

/** Sets the status, tells everybody, adds the activity line and, on resolving, the survey. Nothing happens when it is the same. */
export async function changeStatus(
  app: App,
  tx: Tx,
  loaded: LoadedConversation,
  { status, snoozed_until, by, also, line }: StatusChange,
): Promise<LoadedConversation> {
  const before = loaded.conversation;
  const until = snoozed_until ?? null;
  if (before.status === status && before.snoozed_until === until) return loaded;
  const conversation = await updateConversation(tx, before, {
    ...statusChanges(status, until, app.now()),
    ...also,
  });
  const changed: LoadedConversation = { ...loaded, conversation };
  if (before.status !== status) announceConversation(app, tx, 'conversation.status_changed', changed);
  announceConversation(app, tx, 'conversation.updated', changed);
  const changed_attributes = statusAttributes(before, conversation);
  await app.listeners.tell(
    tx,
    [before.status !== status && 'conversation_status_changed', 'conversation_updated']
      .filter((event) => event !== false)
      .map((event) => conversationFact(event, conversation, { changed_attributes, by })),
  );
  await postWithin(tx, [
    automatic(app, changed, { message_type: 2, content: line ?? activity[status](by.name) }),
    ...surveyFor(app, changed),
  ]);
  return lockConversation(tx, conversation.id);
}

/** What a survey asks where the inbox has no question of its own. */
export const defaultQuestion = 'Please rate this conversation';

/** One survey a conversation, when the inbox asks for it. */
function surveyFor(app: App, loaded: LoadedConversation): PostInput<unknown>[] {
  const { conversation, inbox } = loaded;
  if (conversation.status !== 'resolved' || !inbox.csat_survey_enabled || conversation.has_csat) return [];
  const config = readFreeForm(inbox.csat_config) as { display_type?: string; message?: string };
  const content = config.message || defaultQuestion;
  const content_attributes = JSON.stringify({ display_type: config.display_type ?? 'emoji' });
  return [
    automatic(app, loaded, { message_type: 3, content, content_type: 'input_csat', content_attributes }),
  ];
}
