/** The scope of a report: the account, or one of its agents, inboxes, teams or labels. */
import type { ReportType } from '@hoory/contract';
import { type RawBuilder, sql } from 'kysely';
import { getMember } from '../agents/store.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { notFound } from '../errors.ts';
import { getInbox } from '../inboxes/store.ts';
import { getTeam } from '../teams/store.ts';

export interface Scope {
  /** Values of `report_facts.scope`. */
  names: readonly string[];
  /** A condition on rows of `source` with `conversation_id`, `inbox_id` and `user_id`, such as those of the view `report_records`. */
  where: RawBuilder<unknown>;
  /**
   * Whether conversations join and leave the scope. Then the facts of long conversations are not in it; `where` selects them
   * among those of the scope `long`.
   */
  isGroup?: boolean;
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
      return accountScope;
    case 'inbox':
      await getInbox(db, account_id, id);
      return inboxScope(id);
    case 'agent':
      await getMember(db, account_id, id);
      return agentsScope(db, [id]);
    case 'team':
      await getTeam(db, account_id, id);
      return teamScope(id);
    case 'label':
      return labelScope(await getLabelTitle(db, account_id, id));
  }
}

export const accountScope: Scope = { names: ['account'], where: sql`1 = 1` };

export const inboxScope = (id: number): Scope => ({ names: [`inbox:${id}`], where: sql`inbox_id = ${id}` });

export const agentsScope = (db: Sql, ids: readonly number[]): Scope => ({
  names: [...new Set(ids)].map((id) => `agent:${id}`),
  where: isAnyOf(db, 'user_id', ids),
});

// Each conversation is looked up by itself: a join may read all conversations of the team or label.
export const teamScope = (id: number): Scope => ({
  names: [`team:${id}`],
  where: sql`(select team_id from conversations where conversations.id = source.conversation_id) = ${id}`,
  isGroup: true,
});

export const labelScope = (title: string): Scope => ({
  names: [`label:${title}`],
  where: sql`(select count(*) from conversation_labels as labels where labels.label = ${title}
    and labels.conversation_id = source.conversation_id) = 1`,
  isGroup: true,
});

async function getLabelTitle(db: Sql, account_id: number, id: number): Promise<string> {
  const label = await db.get(
    db.q.selectFrom('labels').select('title').where('account_id', '=', account_id).where('id', '=', id),
  );
  if (!label) throw notFound();
  return label.title;
}
