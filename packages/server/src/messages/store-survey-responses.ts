/** SQL of survey responses: one row for a message that asks for a rating. */
import type { Tx } from '../db/db.ts';
import type { CsatSurveyResponseRow } from '../db/tables.ts';

/** Inserts a response, or replaces rating and feedback of the one that the message has. */
export async function insertSurveyResponse(tx: Tx, row: CsatSurveyResponseRow): Promise<void> {
  const { rating, feedback_message, updated_at } = row;
  await tx.run(
    tx.q
      .insertInto('csat_survey_responses')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('message_id').doUpdateSet({ rating, feedback_message, updated_at }),
      ),
  );
}

/** Gives all responses of one contact to another. */
export async function moveSurveyResponses(tx: Tx, { from, to }: { from: number; to: number }): Promise<void> {
  await tx.run(
    tx.q.updateTable('csat_survey_responses').set({ contact_id: to }).where('contact_id', '=', from),
  );
}
