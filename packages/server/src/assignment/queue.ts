/**
 * The queue of conversations that wait for an agent: the only writer of its table. A conversation enters it when it becomes open
 * or is given to a team and nobody has it, in every inbox, since auto-assignment may be switched on later. It leaves it when
 * anybody assigns it, and when it is no longer open; somebody who takes a conversation from everybody does not queue it.
 */
import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { Sql, Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { type ChangedAttributes, type DomainEvent, isNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';

/** Conversations that the same people may take, in the order in which they began to wait. */
export interface Line {
  inbox_id: number;
  /** 0 for no team. */
  team_id: number;
}

/** Keeps the queue as conversations change. `onQueued` is called with the account once something was queued and committed. */
export const followConversations = (app: App, onQueued: (account_id: number) => void): Listener => ({
  handle: async (tx, events) => {
    const idsOf = (fits: (event: DomainEvent) => boolean) => [
      ...new Set(events.filter(fits).flatMap(({ conversation_id }) => conversation_id ?? [])),
    ];
    await dequeue(tx, idsOf(endsWaiting));
    await leaveTeam(tx, idsOf(losesTeam));
    if (await enqueue(tx, idsOf(mayWait), app.now())) {
      const account_ids = new Set(events.filter(mayWait).map(({ account_id }) => account_id));
      tx.afterCommit(() => {
        for (const id of account_ids) onQueued(id);
      });
    }
    for (const event of events)
      if (event.event === 'team_deleted') await dissolve(tx, event.account_id, event.detail.team_id);
  },
});

/** The changes of a conversation that an event reports. */
const changesOf = (event: DomainEvent): ChangedAttributes =>
  isNamed(event, ['conversation_updated', 'conversation_status_changed'])
    ? event.detail.changed_attributes
    : {};

function endsWaiting(event: DomainEvent): boolean {
  const { status, assignee_id, assignee_agent_bot_id } = changesOf(event);
  return (
    (status !== undefined && status[1] !== 'open') ||
    (assignee_id !== undefined && assignee_id[1] !== null) ||
    (assignee_agent_bot_id !== undefined && assignee_agent_bot_id[1] !== null)
  );
}

const losesTeam = (event: DomainEvent) => changesOf(event).team_id?.[1] === null;

function mayWait(event: DomainEvent): boolean {
  const { status, team_id } = changesOf(event);
  return (
    event.event === 'conversation_created' ||
    status?.[1] === 'open' ||
    (team_id !== undefined && team_id[1] !== null)
  );
}

/** Queues those that are open and that nobody of their inbox has. @returns how many wait */
async function enqueue(tx: Tx, ids: readonly number[], now: number): Promise<number> {
  if (!ids.length) return 0;
  return tx.run(sql`insert into assignment_queue (conversation_id, inbox_id, team_id, created_at)
    select id, inbox_id, coalesce(team_id, 0), cast(${now} as bigint) from conversations
    where ${isAnyOf(tx, 'id', ids)} and status = 'open' and assignee_agent_bot_id is null
      and not exists (select 1 from inbox_members
        where inbox_members.inbox_id = conversations.inbox_id and inbox_members.user_id = conversations.assignee_id)
    on conflict (conversation_id) do update set team_id = excluded.team_id`);
}

/** Takes them off the queue, where they are on it. */
export async function dequeue(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length)
    await tx.run(tx.q.deleteFrom('assignment_queue').where(isAnyOf(tx, 'conversation_id', ids)));
}

async function leaveTeam(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length)
    await tx.run(
      tx.q
        .updateTable('assignment_queue')
        .set({ team_id: 0 })
        .where(isAnyOf(tx, 'conversation_id', ids)),
    );
}

/** Conversations of a deleted team wait for anybody of their inbox. */
async function dissolve(tx: Tx, account_id: number, team_id: number): Promise<void> {
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

/** The ids of those that have waited longest in a line. */
export async function readLine(db: Sql, { inbox_id, team_id }: Line, limit: number): Promise<number[]> {
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

/** Lets a conversation wait as if it had begun to do so only `now`. */
export async function putLast(tx: Tx, conversation_id: number, now: number): Promise<void> {
  await tx.run(
    tx.q
      .updateTable('assignment_queue')
      .set({ created_at: now })
      .where('conversation_id', '=', conversation_id),
  );
}
