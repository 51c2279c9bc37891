/** Answers of the contact to messages that ask: options, forms, surveys (client-api.md 5.13 and 5.14). */

import type { clientMessages, Input, Message } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import { isForContact } from '../conversations/record/audience.ts';
import { getOwnConversation } from '../conversations/record/session-scope.ts';
import type { Tx } from '../db/db.ts';
import { newId } from '../db/new-ids.ts';
import type { MessageRow } from '../db/tables.ts';
import { invalid, notFound, unprocessable } from '../errors.ts';
import { readBase, toFreeForm } from '../free-form.ts';
import { isObject } from '../json-text.ts';
import { findText } from '../text.ts';
import { type LoadedConversation, lockConversation } from './loaded-conversation.ts';
import { insertSurveyResponse } from './store-survey-responses.ts';
import { updateMessage } from './update.ts';
import { type MessageParts, toMessage } from './wire.ts';

/** When a survey can no longer be answered: 14 days after it was sent (client-api.md 5.13). Milliseconds since 1970. */
export const surveyEnd = (created_at: number): number => created_at + 14 * 86_400_000;

/** @throws not_found for messages that the contact cannot see or has written itself */
export async function submitValues(
  app: App,
  caller: SessionCaller,
  input: Input<(typeof clientMessages)['updateMessage']>,
): Promise<Message> {
  const conversation = await getOwnConversation(app, caller, input.conversation_id);
  return app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, conversation.id);
    const message = await tx.get(
      tx.q
        .selectFrom('messages')
        .selectAll()
        .where('id', '=', input.message_id)
        .where('conversation_id', '=', conversation.id),
    );
    if (!message || !isForContact(message)) throw notFound();
    if (input.submitted_values !== undefined && message.message_type === MessageType.incoming)
      throw notFound();
    return toMessage(app, await answerMessage(app, tx, { loaded, message, values: input.submitted_values }));
  });
}

interface MessageAnswer {
  loaded: LoadedConversation;
  message: MessageRow;
  values: unknown;
}

/**
 * Stores `values` as sent in the message's `submitted_values`, and the rating of a survey in its own table.
 * @throws unprocessable when the survey is too old, invalid for values that exceed the bounds
 */
export async function answerMessage(
  app: App,
  tx: Tx,
  { loaded, message, values }: MessageAnswer,
): Promise<MessageParts> {
  if (message.content_type === 'input_csat' && app.now() > surveyEnd(message.created_at))
    throw unprocessable('You cannot update the CSAT survey after 14 days');
  if (values !== undefined && message.content_type === 'input_csat')
    await keepRating(app, tx, { loaded, message, values });
  const attributes = readBase(message.content_attributes);
  const changes =
    values === undefined
      ? {}
      : { content_attributes: toFreeForm('submitted_values', { ...attributes, submitted_values: values }) };
  return updateMessage(app, tx, loaded, { message, changes });
}

/** @throws invalid for a rating outside of 1 to 5 or feedback that is no text */
async function keepRating(app: App, tx: Tx, { loaded, message, values }: MessageAnswer): Promise<void> {
  const survey = isObject(values) ? values.csat_survey_response : undefined;
  if (!isObject(survey) || survey.rating === undefined || survey.rating === null) return;
  const rating = Number(findText(survey.rating));
  if (!Number.isInteger(rating) || rating < 1 || rating > 5)
    throw invalid('rating', 'Rating must be from 1 to 5');
  const now = app.now();
  const feedback_message = survey.feedback_message == null ? null : findText(survey.feedback_message);
  if (feedback_message === undefined) throw invalid('feedback_message', 'Feedback message must be text');
  await insertSurveyResponse(tx, {
    id: await newId(tx, 'csat_survey_responses'),
    account_id: message.account_id,
    conversation_id: message.conversation_id,
    message_id: message.id,
    contact_id: loaded.contact.id,
    assigned_agent_id: loaded.conversation.assignee_id,
    rating,
    feedback_message,
    created_at: now,
    updated_at: now,
  });
}
