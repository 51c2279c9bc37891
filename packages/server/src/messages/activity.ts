/** Messages of the system: activity lines, which agents alone see, and automatic questions to the customer. */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { type DomainEvent, isNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { type PostInput, postWithin } from './post.ts';

/** A message of the system in this conversation. */
export const systemMessage = (
  app: App,
  conversation_id: number,
  message: PostInput<unknown>['message'],
): PostInput<unknown> => ({
  app,
  conversation_id,
  message,
  sender: undefined,
  attachments: [],
  answer: () => undefined,
});

const namesOfChanges = ['conversation_updated', 'conversation_muted', 'conversation_unmuted'] as const;

/** Posts the activity lines of changed conversations. */
export const postActivityLines = (app: App): Listener => ({
  handle: async (tx, events) => {
    for (const { conversation_id, detail } of events.filter(isChange)) {
      const lines = (detail.activity ?? []).map((content) =>
        systemMessage(app, conversation_id, { message_type: MessageType.activity, content }),
      );
      await postWithin(tx, lines);
    }
  },
});

const isChange = (event: DomainEvent): event is DomainEvent<(typeof namesOfChanges)[number]> =>
  isNamed(event, namesOfChanges);
