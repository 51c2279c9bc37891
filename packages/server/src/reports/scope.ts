/** The scope of a report: the account, or one of its agents, inboxes, teams or labels, as SQL conditions. */
import type { ReportType } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { getMember } from '../agents/store.ts';
import type { Sql } from '../db/db.ts';
import { notFound } from '../errors.ts';
import { getInbox } from '../inboxes/store.ts';
import { getTeam } from '../teams/store.ts';

/** A condition for each of the tables from which reports are computed. */
export interface Scope {
  conversations: RawBuilder<boolean>;
  messages: RawBuilder<boolean>;
  events: RawBuilder<boolean>;
}

interface Subject {
  account_id: number;
  type: ReportType;
  id: number;
}

/** @throws not_found for an agent, inbox, team or label that is not in the account */
export async function loadScope(db: Sql, { account_id, type, id }: Subject): Promise<Scope> {
  switch (type) {
    case 'account':
      return everywhere(sql<boolean>`1 = 1`);
    case 'inbox':
      await getInbox(db, account_id, id);
      return everywhere(sql<boolean>`inbox_id = ${id}`);
    case 'agent':
      await getMember(db, account_id, id);
      return {
        conversations: sql<boolean>`assignee_id = ${id}`,
        messages: sql<boolean>`sender_type = 'User' and sender_id = ${id}`,
        events: sql<boolean>`user_id = ${id}`,
      };
    case 'team':
      await getTeam(db, account_id, id);
      return inConversations(
        sql`select id from conversations where account_id = ${account_id} and team_id = ${id}`,
      );
    case 'label': {
      const label = await getLabelTitle(db, account_id, id);
      return inConversations(
        sql`select conversation_id from conversation_labels where account_id = ${account_id} and label = ${label}`,
      );
    }
  }
}

const everywhere = (where: RawBuilder<boolean>): Scope => ({
  conversations: where,
  messages: where,
  events: where,
});

const inConversations = (ids: RawBuilder<unknown>): Scope => ({
  conversations: sql<boolean>`id in (${ids})`,
  messages: sql<boolean>`conversation_id in (${ids})`,
  events: sql<boolean>`conversation_id in (${ids})`,
});

async function getLabelTitle(db: Sql, account_id: number, id: number): Promise<string> {
  const label = await db.get(
    db.q.selectFrom('labels').select('title').where('account_id', '=', account_id).where('id', '=', id),
  );
  if (!label) throw notFound();
  return label.title;
}
