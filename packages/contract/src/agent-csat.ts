/**
 * Answers to satisfaction surveys, as administrators list and count them (application-api.md section 6.16). `csat.ts` has the
 * survey that the customer answers.
 */
import Type, { type Static } from 'typebox';
import { Agent } from './agents.ts';
import { Contact } from './contacts.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, paging } from './paths.ts';
import { fields, Id, Ids, named, nullable, shortText, UnixSeconds } from './schema.ts';

/** The answer to one survey. */
export const CsatAnswer = named('CsatAnswer', {
  id: Id,
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  feedback_message: nullable(Type.String()),
  csat_review_notes: nullable(Type.String()),
  review_notes_updated_at: nullable(UnixSeconds),
  account_id: Id,
  message_id: Id,
  contact: Contact,
  conversation_id: Type.Integer({ description: 'display id' }),
  assigned_agent: Type.Optional(Agent),
  created_at: UnixSeconds,
});
export type CsatAnswer = Static<typeof CsatAnswer>;

/** How many surveys were sent, and how many answers each rating got. */
export const CsatMetrics = named('CsatMetrics', {
  total_count: Type.Integer(),
  ratings_count: Type.Unsafe<Record<string, number>>({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'rating, as text -> number of answers',
  }),
  total_sent_messages_count: Type.Integer({ description: 'surveys sent' }),
});
export type CsatMetrics = Static<typeof CsatMetrics>;

const path = `${accountPath}/csat_survey_responses` as const;
const filters = {
  since: Type.Optional(UnixSeconds),
  until: Type.Optional(UnixSeconds),
  user_ids: Type.Optional(Ids),
  inbox_id: Type.Optional(Id),
  team_id: Type.Optional(Id),
  rating: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
};

export const agentCsat = endpoints({
  agentListCsatAnswers: {
    method: 'GET',
    path,
    auth: 'administrator',
    tag: 'Reports',
    summary: 'List the answers to surveys, 25 a page, newest first',
    description:
      'The header `x-next-cursor` of the answer holds the `cursor` of the next page; it is absent after the last.',
    params: accountParams,
    query: fields({
      ...filters,
      ...paging,
      sort: Type.Optional(shortText('`created_at` turns the order round; other words are ignored')),
    }),
    returns: Type.Array(CsatAnswer),
  },
  agentGetCsatMetrics: {
    method: 'GET',
    path: `${path}/metrics`,
    auth: 'administrator',
    tag: 'Reports',
    summary: 'Count the answers to surveys by rating',
    params: accountParams,
    query: fields(filters),
    returns: CsatMetrics,
  },
});
