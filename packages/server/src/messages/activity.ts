/** Messages of the system: activity lines, which only agents see, and automatic questions to the contact. */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { type DomainEvent, isNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import type { MessageInput } from './message-input.ts';
import type { NewMessage } from './new-message.ts';
import { postWithin } from './post.ts';

/** The input that posts a message without a sender. */
export const systemMessage = (app: App, conversation_id: number, message: NewMessage): MessageInput => ({
  app,
  conversation_id,
  message,
});

/** Events whose detail may hold activity lines. */
const eventsWithActivity = ['conversation_updated', 'conversation_muted', 'conversation_unmuted'] as const;

/** The listener that posts the activity lines of changed conversations. */
export const postActivityLines = (app: App): Listener => ({
  handle: async (tx, events) => {
    const lines = events
      .filter(hasActivity)
      .flatMap(({ conversation_id, detail: { activity = [] } }) =>
        activity.map((content) =>
          systemMessage(app, conversation_id, { message_type: MessageType.activity, content }),
        ),
      );
    await postWithin(tx, lines);
  },
});

const hasActivity = (event: DomainEvent): event is DomainEvent<(typeof eventsWithActivity)[number]> =>
  isNamed(event, eventsWithActivity);
