/** Reports of answers to satisfaction surveys, for administrators (application-api.md section 6.16). */
import type { CsatAnswer, CsatMetrics } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { readOnline } from '../agents/presence.ts';
import { listMembers } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { toContact } from '../contacts/wire.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { type Page, type PageRequest, readPage } from '../db/keyset.ts';
import type { ContactRow, CsatSurveyResponseRow } from '../db/tables.ts';
import { toUnix } from '../time.ts';
import { accountScope, agentsScope, inboxScope, teamScope } from './scope.ts';
import type { Interval } from './slots.ts';
import { sumFacts } from './store-facts.ts';

interface CsatFilters {
  /** Unix seconds, like `until`. */
  since?: number;
  until?: number;
  user_ids?: number[];
  inbox_id?: number;
  team_id?: number;
  rating?: number;
}

const pageSize = 25;
type CsatRow = CsatSurveyResponseRow & { display_id: number };

/**
 * A page of answers by time, the newest first unless `sort` is `created_at`.
 * @throws invalid 422 for a cursor of another list or order
 */
export async function listCsat(
  app: App,
  { account }: AgentCaller,
  { cursor, page, sort, ...filters }: CsatFilters & PageRequest & { sort?: string },
): Promise<Page<CsatAnswer>> {
  const direction = sort === 'created_at' ? 'asc' : 'desc';
  const { rows, next_cursor } = await readPage<CsatRow>(
    app.db.longReads,
    {
      select: sql`csat_survey_responses.*, conversations.display_id`,
      from: answers,
      id: sql.ref('csat_survey_responses.id'),
      where: toCsatCondition(app.db, account.id, filters),
      order: {
        name: `csat_survey_responses ${direction}`,
        type: 'number',
        parts: [{ column: sql.ref('csat_survey_responses.created_at'), direction }],
      },
    },
    { cursor, page, size: pageSize },
  );
  return { rows: await toCsatAnswers(app, account.id, rows), next_cursor };
}

/** Counts answers by rating, and the surveys sent. */
export async function countCsat(
  app: App,
  { account }: AgentCaller,
  filters: CsatFilters,
): Promise<CsatMetrics> {
  const db = app.db.longReads;
  const [ratings, total_sent_messages_count] = await Promise.all([
    countRatings(db, account.id, filters),
    countSurveys(db, account.id, filters),
  ]);
  const found = ratings.filter(
    ({ rating, count }) => count && (!filters.rating || rating === filters.rating),
  );
  return {
    total_count: found.reduce((sum, { count }) => sum + count, 0),
    ratings_count: Object.fromEntries(found.map(({ rating, count }) => [String(rating), count])),
    total_sent_messages_count,
  };
}

interface RatingCount {
  rating: number;
  count: number;
}

const ratingColumns = ['rating_1', 'rating_2', 'rating_3', 'rating_4', 'rating_5'] as const;

/** Facts hold one filter at a time; with more, the answers of the period are counted themselves. */
async function countRatings(db: Sql, account_id: number, filters: CsatFilters): Promise<RatingCount[]> {
  const { user_ids = [], inbox_id, team_id } = filters;
  const scopes = [
    ...(user_ids.length ? [agentsScope(db, user_ids)] : []),
    ...(inbox_id ? [inboxScope(inbox_id)] : []),
    ...(team_id ? [teamScope(team_id)] : []),
  ];
  if (scopes.length > 1)
    return db.all(
      sql<RatingCount>`select csat_survey_responses.rating, count(*) as count from ${answers}
        where ${toCsatCondition(db, account_id, filters)} group by csat_survey_responses.rating order by 1`,
    );
  const [scope = accountScope] = scopes;
  const [sums = {}] = await sumFacts(db, {
    account_id,
    scope,
    intervals: [toInterval(filters)],
    columns: ratingColumns,
  });
  return ratingColumns.map((column, index) => ({ rating: index + 1, count: sums[column] ?? 0 }));
}

/** The number of surveys sent. Their assignee at that time is not stored, so `user_ids` does not limit it. */
async function countSurveys(db: Sql, account_id: number, filters: CsatFilters): Promise<number> {
  const { inbox_id, team_id } = filters;
  if (inbox_id && team_id) return countSurveysOf(db, account_id, filters);
  const scope = inbox_id ? inboxScope(inbox_id) : team_id ? teamScope(team_id) : accountScope;
  const intervals = [toInterval(filters)];
  const [sums] = await sumFacts(db, { account_id, scope, intervals, columns: ['surveys'] });
  return sums?.surveys ?? 0;
}

/** The last time that JavaScript knows, a whole day. */
const endOfTime = 8.64e15;

const toInterval = ({ since = 0, until }: CsatFilters): Interval => ({
  since: since * 1000,
  until: until === undefined ? endOfTime : until * 1000,
});

const answers = sql`csat_survey_responses
  inner join conversations on conversations.id = csat_survey_responses.conversation_id`;

function toCsatCondition(db: Sql, account_id: number, filters: CsatFilters): RawBuilder<boolean> {
  const { user_ids = [], rating } = filters;
  const parts = [
    ...timeConditions(
      sql.ref('csat_survey_responses.account_id'),
      sql.ref('csat_survey_responses.created_at'),
      {
        account_id,
        ...filters,
      },
    ),
    ...conversationConditions(filters),
  ];
  if (user_ids.length) parts.push(isAnyOf(db, 'csat_survey_responses.assigned_agent_id', user_ids));
  if (rating) parts.push(sql<boolean>`csat_survey_responses.rating = ${rating}`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** The surveys sent in an inbox and a team, among those of the period. */
async function countSurveysOf(db: Sql, account_id: number, filters: CsatFilters): Promise<number> {
  const parts = [
    ...timeConditions(sql.ref('messages.account_id'), sql.ref('messages.created_at'), {
      account_id,
      ...filters,
    }),
    ...conversationConditions(filters),
  ];
  const row = await db.get(
    sql<{ count: number }>`select count(*) as count from messages
      inner join conversations on conversations.id = messages.conversation_id
      where messages.content_type = 'input_csat' and ${sql.join(parts, sql` and `)}`,
  );
  return row?.count ?? 0;
}

function timeConditions(
  account: RawBuilder<unknown>,
  time: RawBuilder<unknown>,
  { account_id, since, until }: CsatFilters & { account_id: number },
): RawBuilder<boolean>[] {
  return [
    sql<boolean>`${account} = ${account_id}`,
    ...(since === undefined ? [] : [sql<boolean>`${time} >= ${since * 1000}`]),
    ...(until === undefined ? [] : [sql<boolean>`${time} < ${until * 1000}`]),
  ];
}

const conversationConditions = ({ inbox_id, team_id }: CsatFilters): RawBuilder<boolean>[] => [
  ...(inbox_id ? [sql<boolean>`conversations.inbox_id = ${inbox_id}`] : []),
  ...(team_id ? [sql<boolean>`conversations.team_id = ${team_id}`] : []),
];

async function toCsatAnswers(app: App, account_id: number, rows: readonly CsatRow[]): Promise<CsatAnswer[]> {
  const { db } = app;
  const contacts: ContactRow[] = await db.all(
    db.q
      .selectFrom('contacts')
      .selectAll()
      .where(isAnyOf(db, 'id', [...new Set(rows.map(({ contact_id }) => contact_id))])),
  );
  const agents = [...new Set(rows.flatMap(({ assigned_agent_id }) => assigned_agent_id ?? []))];
  const online = await readOnline(app, [account_id]);
  const members = agents.length ? await listMembers(db, account_id, agents) : [];
  return rows.flatMap((row) => {
    const contact = contacts.find(({ id }) => id === row.contact_id);
    const agent = members.find(({ id }) => id === row.assigned_agent_id);
    if (!contact) return [];
    return {
      id: row.id,
      rating: row.rating,
      feedback_message: row.feedback_message,
      csat_review_notes: null,
      review_notes_updated_at: null,
      account_id: row.account_id,
      message_id: row.message_id,
      contact: toContact(contact),
      conversation_id: row.display_id,
      ...(agent && { assigned_agent: toAgent(agent, online) }),
      created_at: toUnix(row.created_at),
    };
  });
}
