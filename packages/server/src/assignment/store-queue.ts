/** SQL of the assignment queue: conversations that wait for an agent, by inbox and team. */
import { sql } from 'kysely';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';

/** Names a queue: conversations that the same agents may take, in the order in which they began to wait. */
export interface QueueKey {
  inbox_id: number;
  /** 0 for conversations without a team. */
  team_id: number;
}

/** Adds the open conversations that no member of their inbox has. @returns how many of them wait */
export async function enqueue(tx: Tx, ids: readonly number[], now: number): Promise<number> {
  if (!ids.length) return 0;
  return tx.run(sql`insert into assignment_queue (conversation_id, inbox_id, team_id, created_at)
    select id, inbox_id, coalesce(team_id, 0), cast(${now} as bigint) from conversations
    where ${isAnyOf(tx, 'id', ids)} and status = 'open' and assignee_agent_bot_id is null
      and not exists (select 1 from inbox_members
        where inbox_members.inbox_id = conversations.inbox_id and inbox_members.user_id = conversations.assignee_id)
    on conflict (conversation_id) do update set team_id = excluded.team_id`);
}

/** Removes conversations from the queue; those that are not in it are skipped. */
export async function dequeue(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length)
    await tx.run(tx.q.deleteFrom('assignment_queue').where(isAnyOf(tx, 'conversation_id', ids)));
}

/** Moves conversations to the queue of their inbox. */
export async function dequeueFromTeam(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length)
    await tx.run(
      tx.q
        .updateTable('assignment_queue')
        .set({ team_id: 0 })
        .where(isAnyOf(tx, 'conversation_id', ids)),
    );
}

/** Moves the conversations of a deleted team to the queues of their inboxes. */
export async function dissolveTeamQueues(tx: Tx, account_id: number, team_id: number): Promise<void> {
  const inboxes = await tx.all(tx.q.selectFrom('inboxes').select('id').where('account_id', '=', account_id));
  const ids = inboxes.map(({ id }) => id);
  await tx.run(
    tx.q
      .updateTable('assignment_queue')
      .set({ team_id: 0 })
      .where(isAnyOf(tx, 'inbox_id', ids))
      .where('team_id', '=', team_id),
  );
}

/** Ids of the conversations that wait longest in a queue. */
export async function listQueued(db: Sql, { inbox_id, team_id }: QueueKey, limit: number): Promise<number[]> {
  const rows = await db.all(
    db.q
      .selectFrom('assignment_queue')
      .select('conversation_id')
      .where('inbox_id', '=', inbox_id)
      .where('team_id', '=', team_id)
      .orderBy('created_at')
      .orderBy('conversation_id')
      .limit(limit),
  );
  return rows.map(({ conversation_id }) => conversation_id);
}

export async function isQueued(tx: Tx, conversation_id: number): Promise<boolean> {
  const row = await tx.get(
    tx.q
      .selectFrom('assignment_queue')
      .select('conversation_id')
      .where('conversation_id', '=', conversation_id),
  );
  return row !== undefined;
}

/** Moves a conversation to the end of its queue. @param now milliseconds since 1970 */
export async function moveToEnd(tx: Tx, conversation_id: number, now: number): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('assignment_queue')
      .set({ created_at: now })
      .where('conversation_id', '=', conversation_id),
  );
}
