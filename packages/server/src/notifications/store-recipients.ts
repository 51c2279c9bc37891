/** SQL that finds the users to notify about conversations. */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../db/db.ts';
import { isAnyOf, listValue } from '../db/dialect.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { readWords } from '../stored-json.ts';

/** Ids of members of the inbox who chose this type of notification, for e-mail or for push. */
export async function listSubscribers(
  db: Sql,
  { account_id, inbox_id, type }: { account_id: number; inbox_id: number; type: string },
): Promise<number[]> {
  const rows = await db.all(
    db.q
      .selectFrom('inbox_members')
      .innerJoin('notification_settings', 'notification_settings.user_id', 'inbox_members.user_id')
      .selectAll('notification_settings')
      .where('inbox_id', '=', inbox_id)
      .where('account_id', '=', account_id),
  );
  return rows
    .filter(({ email_flags, push_flags }) =>
      [...readWords(email_flags), ...readWords(push_flags)].some((flag) => flag.endsWith(`_${type}`)),
    )
    .map(({ user_id }) => user_id);
}

export interface Follower {
  conversation_id: number;
  user_id: number;
  /** 1 for the assignee, 0 for a participant. */
  assigned: number;
  /** 1 when the contact of the conversation is blocked: their messages notify nobody. */
  muted: number;
}

const isMuted = (contact: RawBuilder<unknown>) =>
  sql`(select blocked from contacts where contacts.id = ${contact}) as muted`;

// Without a join of participants and conversations: PostgreSQL without statistics would read all conversations.
const followers = preparedQuery(
  (_q, params: { ids: unknown; sameIds: unknown }, db) =>
    sql<Follower>`select id as conversation_id, assignee_id as user_id, 1 as assigned, ${isMuted(sql`conversations.contact_id`)}
      from conversations
      where ${isAnyOf(db, 'id', params.ids)} and assignee_id is not null
      union all select conversation_id, user_id, 0 as assigned,
        ${isMuted(sql`(select talk.contact_id from conversations as talk where talk.id = conversation_participants.conversation_id)`)}
      from conversation_participants
      where ${isAnyOf(db, 'conversation_id', params.sameIds)}`,
);

/** Assignees and participants of these conversations, in one query, because every message needs them. */
export async function listFollowers(db: Sql, conversationIds: readonly number[]): Promise<Follower[]> {
  const ids = listValue(db, [...new Set(conversationIds)]);
  return db.all(followers(db, { ids, sameIds: ids }));
}
