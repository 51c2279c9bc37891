/** The survey of a conversation, for anybody who knows the conversation's uuid (client-api.md 5.14). */
import type { CsatSurvey, clientCsat } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Sql } from '../db/db.ts';
import type { ConversationRow, MessageRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { readFreeForm } from '../free-form.ts';
import type { Routes } from '../http/routes.ts';
import { findText } from '../text.ts';
import { toIso } from '../time.ts';
import { lockConversation } from './loaded-conversation.ts';
import { answerMessage } from './submit.ts';

export const clientCsatRoutes: Routes<typeof clientCsat> = {
  getCsatSurvey: (app, _caller, { conversation_uuid }) => readSurvey(app, conversation_uuid),
  updateCsatSurvey: (app, _caller, { conversation_uuid, message }) =>
    rateConversation(app, conversation_uuid, message?.submitted_values),
};

/** @throws not_found without the conversation, or when no survey was sent in it */
export const readSurvey = async (app: App, uuid: string): Promise<CsatSurvey> =>
  showSurvey(app.db, await findSurvey(app.db, uuid));

/** Stores the answer in place of an earlier one. @throws not_found like `readSurvey`, unprocessable after 14 days */
export async function rateConversation(app: App, uuid: string, values: unknown): Promise<CsatSurvey> {
  const { conversation } = await findSurvey(app.db, uuid);
  return app.db.write(async (tx) => {
    const loaded = await lockConversation(tx, conversation.id);
    const { message } = await findSurvey(tx, uuid);
    await answerMessage(app, tx, { loaded, message, values });
    return showSurvey(tx, { conversation: loaded.conversation, message });
  });
}

interface Survey {
  conversation: ConversationRow;
  message: MessageRow;
}

async function findSurvey(db: Sql, uuid: string): Promise<Survey> {
  const conversation = await db.get(
    db.q.selectFrom('conversations').selectAll().where('uuid', '=', uuid.toLowerCase()),
  );
  const message =
    conversation &&
    (await db.get(
      db.q
        .selectFrom('messages')
        .selectAll()
        .where('conversation_id', '=', conversation.id)
        .where('content_type', '=', 'input_csat')
        .orderBy('id', 'desc')
        .limit(1),
    ));
  if (!conversation || !message) throw notFound();
  return { conversation, message };
}

async function showSurvey(db: Sql, { conversation, message }: Survey): Promise<CsatSurvey> {
  const inbox = await db.get(
    db.q
      .selectFrom('inboxes')
      .innerJoin('accounts', 'accounts.id', 'inboxes.account_id')
      .select(['inboxes.name', 'inboxes.avatar_url', 'accounts.locale'])
      .where('inboxes.id', '=', conversation.inbox_id),
  );
  const row = await db.get(
    db.q.selectFrom('csat_survey_responses').selectAll().where('message_id', '=', message.id),
  );
  return {
    id: message.id,
    csat_survey_response: row
      ? {
          ...row,
          created_at: toIso(row.created_at),
          updated_at: toIso(row.updated_at),
          csat_review_notes: null,
          review_notes_updated_at: null,
          review_notes_updated_by_id: null,
        }
      : null,
    display_type: findText(readFreeForm(message.content_attributes).display_type) ?? 'emoji',
    content: message.content,
    inbox_avatar_url: inbox?.avatar_url ?? '',
    inbox_name: inbox?.name ?? '',
    locale: inbox?.locale ?? 'en',
    conversation_id: conversation.id,
    created_at: toIso(message.created_at),
  };
}
