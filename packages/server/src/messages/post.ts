/**
 * Posts messages: load, decide, write, publish, answer. Written for the batch of a group commit and also called with one message
 * (decisions.md 5); each step is a file of its own.
 */
import { conversationScope } from '../conversations/record/scope.ts';
import type { Outcome, Tx } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { BatchState } from './batch-state.ts';
import { decideMessage } from './decide.ts';
import { loadBatch } from './load-batch.ts';
import type { MessageInput } from './message-input.ts';
import type { MessageParts } from './wire.ts';
import { publishBatch, writeBatch } from './write-batch.ts';

export interface PostInput<Answer> extends MessageInput {
  /** Makes the answer of the request inside the transaction, which may store it for an `Idempotency-Key`. */
  answer(parts: MessageParts): Answer;
}

/**
 * Posts in the next batch. A repeat of an `echo_key` is answered with the first message of that key.
 * @throws not_found without the conversation, unprocessable for a repeat with other content, invalid for too many messages a
 * minute
 */
export const postMessage = <Answer>(
  conversation: Pick<ConversationRow, 'id' | 'contact_id'>,
  input: PostInput<Answer>,
): Promise<Answer> => input.app.db.writeMany(postBatch<Answer>, input, conversationScope(conversation));

/** Posts inside a transaction that does more; returns a message for each input. @throws the first refusal */
export async function postWithin(tx: Tx, inputs: readonly MessageInput[]): Promise<MessageParts[]> {
  return (await postAll(tx, inputs)).map((outcome) => {
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.answer;
  });
}

/** One verb for all types of answers, so that all messages that wait share a batch. */
async function postBatch<Answer>(tx: Tx, inputs: readonly PostInput<Answer>[]): Promise<Outcome<Answer>[]> {
  const outcomes = await postAll(tx, inputs);
  return inputs.map((input, index) => {
    const outcome = outcomes[index];
    if (!outcome) throw new Error('A message was not decided');
    return 'refusal' in outcome ? outcome : { answer: input.answer(outcome.answer) };
  });
}

async function postAll(tx: Tx, inputs: readonly MessageInput[]): Promise<Outcome<MessageParts>[]> {
  const [first] = inputs;
  if (!first) return [];
  const { app } = first;
  const loaded = await loadBatch(app, tx, inputs);
  const state = new BatchState(app, loaded);
  const outcomes = inputs.map((input) => decideMessage(state, input));
  writeBatch(tx, state);
  await publishBatch(tx, state, loaded.prefetched);
  return outcomes;
}
