/**
 * The satisfaction survey of a conversation, which the customer opens by its uuid (client-api.md sections 2.9 and 5.14). A
 * rating is stored before the answer and an invalid one is refused; upstream stores in the background and loses it (section 11).
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { SubmittedValue, SubmittedValues } from './messages.ts';
import { fields, Id, IsoTime, named, nullable, printedAs, shortText } from './schema.ts';

/** A stored answer. */
export const CsatSurveyResponse = named('CsatSurveyResponse', {
  id: Id,
  account_id: Id,
  conversation_id: Type.Integer({ description: 'database key, not the display id' }),
  message_id: Id,
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  feedback_message: nullable(Type.String()),
  contact_id: Id,
  assigned_agent_id: nullable(Id),
  created_at: IsoTime,
  updated_at: IsoTime,
  csat_review_notes: nullable(Type.String()),
  review_notes_updated_at: nullable(IsoTime),
  review_notes_updated_by_id: nullable(Id),
});
export type CsatSurveyResponse = Static<typeof CsatSurveyResponse>;

/** The survey with its answer, if there is one. */
export const CsatSurvey = named('CsatSurvey', {
  id: Type.Integer({ description: 'id of the message that asks' }),
  csat_survey_response: nullable(CsatSurveyResponse),
  display_type: Type.String({ description: '`emoji` or `star`' }),
  content: nullable(Type.String({ description: 'the question' })),
  inbox_avatar_url: Type.String(),
  inbox_name: Type.String(),
  locale: Type.String(),
  conversation_id: Type.Integer({ description: 'database key, not the display id' }),
  created_at: IsoTime,
});
export type CsatSurvey = Static<typeof CsatSurvey>;

const surveyParams = fields({
  conversation_uuid: shortText('also the secret of the page'),
});

export const clientCsat = endpoints({
  getCsatSurvey: {
    method: 'GET',
    path: '/public/api/v1/csat_survey/{conversation_uuid}',
    auth: 'none',
    tag: 'Survey (client)',
    summary: 'Read the survey of a conversation',
    params: surveyParams,
    returns: CsatSurvey,
  },
  updateCsatSurvey: {
    method: 'PATCH',
    path: '/public/api/v1/csat_survey/{conversation_uuid}',
    auth: 'none',
    tag: 'Survey (client)',
    summary: 'Rate a conversation, within 14 days',
    params: surveyParams,
    body: fields({
      message: Type.Optional(
        fields({ submitted_values: Type.Optional(printedAs(SubmittedValues, SubmittedValue)) }),
      ),
    }),
    returns: CsatSurvey,
  },
});
