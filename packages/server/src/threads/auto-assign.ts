/**
 * Conversations that become open find an agent by turns (application-api.md section 7). They are queued in the transaction
 * that opens them and given away right after it; what a stopped process leaves behind, any node takes up.
 */
import { sql } from 'kysely';
import { type Online, readOnline } from '../agents/presence.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { Fact } from '../events/listeners.ts';
import { listMemberIds } from '../inboxes/store.ts';
import type { Thread } from '../messages/announce.ts';
import { lockThread } from '../messages/threads.ts';
import { teamMembers } from '../teams/store.ts';
import { setAssignee, whoIsOnline } from './assign.ts';
import { nextInTurn } from './turns.ts';

/** Conversations that one round gives away; the rest follows in the next. */
const atOnce = 50;

export interface AutoAssignment {
  /** Gives away what waits. */
  work(): Promise<void>;
  /** Resolves when the conversation at hand is given away; what is left waits for the next start. */
  close(): Promise<void>;
}

/** Listens for conversations that become open; the work begins when their transaction has committed. */
export function openAutoAssignment(app: App): AutoAssignment {
  let isClosed = false;
  let round: Promise<void> = Promise.resolve();
  const work = () => {
    round = round
      .then(() => assignQueued(app, () => isClosed))
      .catch((err) => app.log.error({ err }, 'conversations could not be given away'));
    return round;
  };
  app.listeners.listen(async (tx, facts) => {
    const opened = facts.filter(becomesOpen).flatMap(({ conversation_id }) => conversation_id ?? []);
    if (opened.length && (await queue(app, tx, opened))) tx.afterCommit(() => void work());
  });
  return {
    work,
    close: () => {
      isClosed = true;
      return round;
    },
  };
}

const becomesOpen = ({ event }: Fact) =>
  event === 'conversation_created' || event === 'conversation_status_changed';

/** Queues those that are open, in an inbox that assigns, and without somebody of the inbox. @returns how many */
async function queue(app: App, tx: Tx, ids: number[]): Promise<number> {
  return tx.run(sql`insert into assignment_queue (conversation_id, created_at)
    select conversations.id, cast(${app.now()} as bigint) from conversations join inboxes on inboxes.id = conversations.inbox_id
    where ${isAnyOf(tx, 'conversations.id', ids)} and conversations.status = 'open'
      and inboxes.enable_auto_assignment = 1 and assignee_agent_bot_id is null
      and not exists (select 1 from inbox_members
        where inbox_members.inbox_id = inboxes.id and inbox_members.user_id = conversations.assignee_id)
    on conflict (conversation_id) do nothing`);
}

async function assignQueued(app: App, isClosed: () => boolean): Promise<void> {
  if (isClosed()) return;
  const { db } = app;
  const waiting = await db.all(
    db.q
      .selectFrom('assignment_queue')
      .select('conversation_id')
      // As a join, a planner that knows the queue to be empty would begin with all conversations.
      .select((on) =>
        on
          .selectFrom('conversations')
          .select('account_id')
          .whereRef('conversations.id', '=', 'assignment_queue.conversation_id')
          .as('account_id'),
      )
      .orderBy('assignment_queue.created_at')
      .orderBy('conversation_id')
      .limit(atOnce),
  );
  const accountIds = waiting.flatMap(({ account_id }) => account_id ?? []);
  const online = await readOnline(app, [...new Set(accountIds)]);
  for (const { conversation_id } of waiting) {
    if (isClosed()) return;
    await db.write((tx) => assignOne(app, tx, { conversation_id, online }), conversation_id);
  }
  if (waiting.length === atOnce) await assignQueued(app, isClosed);
}

/** Whoever takes the row off the queue gives the conversation away: no other node does. */
async function assignOne(
  app: App,
  tx: Tx,
  { conversation_id, online }: { conversation_id: number; online: Online },
): Promise<void> {
  const taken = await tx.run(
    tx.q.deleteFrom('assignment_queue').where('conversation_id', '=', conversation_id),
  );
  if (!taken) return;
  const thread = await lockThread(tx, conversation_id);
  const { conversation } = thread;
  if (conversation.status !== 'open' || conversation.assignee_agent_bot_id !== null) return;
  const members = await listMemberIds(tx, conversation.inbox_id);
  if (conversation.assignee_id !== null && members.includes(conversation.assignee_id)) return;
  const ids = await candidatesOf(tx, thread, members);
  const present = await whoIsOnline(tx, { account_id: conversation.account_id, ids, online });
  const assignee_id = await nextInTurn(tx, `inbox:${conversation.inbox_id}`, present);
  if (assignee_id !== undefined) await setAssignee(app, tx, thread, { assignee_id, by: { name: 'System' } });
}

/** Members of the inbox; of a conversation with a team only those in it, if the team allows it. */
async function candidatesOf(tx: Tx, { team }: Thread, members: number[]): Promise<number[]> {
  if (!team) return members;
  if (!team.allow_auto_assign) return [];
  const inTeam = await teamMembers(tx, team.id);
  return members.filter((id) => inTeam.includes(id));
}
