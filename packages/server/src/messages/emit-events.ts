/** Emits the events of conversations and messages: one payload for each audience, to all streams of that audience. */
import type { EventConversation, MessageCreated, MessageUpdated } from '@hoory/contract';
import type { App } from '../app.ts';
import { agentStreams, contactSessions, isForContact } from '../conversations/record/audience.ts';
import { toEventConversation } from '../conversations/record/wire.ts';
import type { Tx } from '../db/db.ts';
import { emit, streamOf } from '../events/emit.ts';
import type { LoadedConversation } from './loaded-conversation.ts';
import { echoOf, type MessageParts, toEventMessage } from './wire.ts';

export type MessageEvent = 'message.created' | 'message.updated' | 'first.reply.created';

export type ConversationEvent =
  | 'conversation.created'
  | 'conversation.updated'
  | 'conversation.status_changed'
  | 'conversation.read'
  | 'assignee.changed'
  | 'team.changed'
  | 'conversation.contact_changed';

/** Events of a conversation that the contact gets as well (cable.md section C.4). */
const eventsForContact = new Set<ConversationEvent>([
  'conversation.created',
  'conversation.updated',
  'conversation.status_changed',
]);

/**
 * Emits to the agents, and to the contact unless the message is private or an activity.
 * @param extra further keys of the payload; a `performer` is for the agents only
 */
export function emitMessageEvent(
  app: App,
  tx: Tx,
  event: MessageEvent,
  loaded: LoadedConversation,
  parts: MessageParts,
  extra: Partial<Pick<MessageUpdated, 'previous_changes' | 'performer'>> = {},
): void {
  const { conversation, session, siblings } = loaded;
  const data: MessageCreated | MessageUpdated = Object.assign(
    toEventMessage(app, parts, conversation, session.source_id),
    event === 'message.created' && echoOf(parts.message),
    extra,
  );
  const isForBoth = event !== 'first.reply.created' && isForContact(parts.message);
  const contacts = isForBoth ? contactSessions(session, siblings).map(({ id }) => streamOf.session(id)) : [];
  if (data.performer === undefined) {
    emit(tx, event, [{ streams: [...agentStreams(conversation), ...contacts], data }]);
    return;
  }
  const { performer: _, ...forContact } = data;
  emit(tx, event, [
    { streams: agentStreams(conversation), data },
    { streams: contacts, data: forContact },
  ]);
}

/** The payload of a conversation event for agents. */
export function toConversationEvent(
  app: App,
  loaded: LoadedConversation,
): EventConversation & { account_id: number } {
  const { conversation, session, last } = loaded;
  const message = last && toEventMessage(app, last, conversation, session.source_id);
  return toEventConversation(loaded, message, { now: app.now() });
}

/** Emits to the agents, and to the contact where cable.md C.4 says so. A session sees only its own `pubsub_token`. */
export function emitConversationEvent(
  app: App,
  tx: Tx,
  event: ConversationEvent,
  loaded: LoadedConversation,
): void {
  const { conversation, session, siblings, last } = loaded;
  const message = last && toEventMessage(app, last, conversation, session.source_id);
  const now = app.now();
  emit(tx, event, [
    { streams: agentStreams(conversation), data: toEventConversation(loaded, message, { now }) },
  ]);
  if (!eventsForContact.has(event)) return;
  emit(
    tx,
    event,
    contactSessions(session, siblings).map((reader) => ({
      streams: [streamOf.session(reader.id)],
      data: toEventConversation(loaded, message, { now, reader }),
    })),
  );
}
