/** The second step of posting: what becomes of one message of a batch. Nothing here does I/O. */
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Outcome } from '../db/db.ts';
import { invalid, notFound, unprocessable } from '../errors.ts';
import { addContactMessage, addSentMessage } from './add-message.ts';
import type { BatchState } from './batch-state.ts';
import { echoNameOf } from './echo.ts';
import type { MessageInput } from './message-input.ts';
import { floodLimit } from './rules.ts';
import type { MessageParts } from './wire.ts';

/** Adds the message to `state`, or answers with the refusal, which leaves `state` as it was. */
export function decideMessage(state: BatchState, input: MessageInput): Outcome<MessageParts> {
  const { conversation_id, message } = input;
  const loaded = state.find(conversation_id);
  if (!loaded) return { refusal: notFound() };
  const { echo_key } = message;
  const echoName = echo_key == null ? undefined : echoNameOf({ conversation_id, echo_key });
  const first = echoName === undefined ? undefined : state.firstByEcho.get(echoName);
  if (first) return answerRepeat(input, first);
  if (isFlood(state.app, input)) return { refusal: invalid('base', 'Too many messages') };
  const isFromContact = message.message_type === MessageType.incoming;
  const parts = isFromContact ? addContactMessage(state, input) : addSentMessage(state, input);
  if (echoName !== undefined) state.firstByEcho.set(echoName, parts);
  return { answer: parts };
}

/** A repeat gets the first message, unless its content differs (decisions.md 7). */
function answerRepeat({ message }: MessageInput, first: MessageParts): Outcome<MessageParts> {
  return first.message.request_hash === (message.request_hash ?? null)
    ? { answer: first }
    : { refusal: unprocessable('This echo_id was used before with a different message. Use a new one.') };
}

/** Inputs that were counted already: a batch that failed runs again with the same inputs. */
const floods = new WeakMap<MessageInput, boolean>();

/** Whether the conversation has more messages a minute than it takes; activity lines do not count (client-api.md section 3). */
function isFlood(app: App, input: MessageInput): boolean {
  if (input.message.message_type === MessageType.activity) return false;
  const known = floods.get(input);
  if (known !== undefined) return known;
  const isOver = app.limits.take(`flood:${input.conversation_id}`, floodLimit, 60_000) > 0;
  floods.set(input, isOver);
  return isOver;
}
