/**
 * Assigns queued conversations to online agents by round robin (application-api.md section 7). `follow-conversations.ts` queues a
 * conversation in the transaction that opens it; it is assigned right after that, or when an agent who may take it comes online.
 *
 * `wake` names an account: a conversation was queued, presence or an availability changed. Every second `work` also checks all
 * accounts with waiting conversations, for a start, for changes of members, teams or settings, and for changes by other processes.
 * A step handles a batch of each queue of one account, so that a long queue delays neither other queues nor other accounts.
 */
import { sql } from 'kysely';
import { availabilityOf, type MemberPresence, type OnlineUsers, readOnline } from '../agents/presence.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import { onPresenceChange } from '../events/presence.ts';
import { listMemberIds } from '../inboxes/store.ts';
import { type LoadedConversation, lockConversations } from '../messages/loaded-conversation.ts';
import { listTeamMemberIds } from '../teams/store.ts';
import { filterOnline, setAssignee } from './assign.ts';
import { chooseByRoundRobin } from './round-robin.ts';
import { dequeue, isQueued, listQueued, moveToEnd, type QueueKey } from './store-queue.ts';

/** Conversations of one queue that one step assigns. */
const batchSize = 50;

export interface AutoAssignment {
  /** Assigns waiting conversations of this account soon. */
  wake(account_id: number): void;
  /** Assigns waiting conversations of all accounts. */
  work(): Promise<void>;
  /** Resolves after the current conversation; the others wait for the next start. */
  close(): Promise<void>;
}

/** Assigns waiting conversations when `wake` is called for their account, and when agents come online. */
export function openAutoAssignment(app: App): AutoAssignment {
  let isClosed = false;
  /** Accounts to handle, in the order of their requests. */
  const requested = new Set<number>();
  let isRunning = false;
  let run: Promise<void> = Promise.resolve();

  function request(account_ids: readonly number[]): void {
    for (const id of account_ids) requested.add(id);
    if (!isRunning) run = workRequested();
  }

  async function workRequested(): Promise<void> {
    isRunning = true;
    // An account that is added again meanwhile comes after the others.
    for (const account_id of requested) {
      requested.delete(account_id);
      if (isClosed) break;
      if (await tryStep(app, account_id, () => isClosed)) requested.add(account_id);
    }
    isRunning = false;
  }

  const stopFollowing = onPresenceChange(app, (account_id) => request([account_id]));
  return {
    wake: (account_id) => request([account_id]),
    work: async () => {
      request(await accountsWithQueue(app));
      await run;
    },
    close: () => {
      isClosed = true;
      stopFollowing();
      return run;
    },
  };
}

/** Steps from inbox to inbox through the index of the queue: the cost grows with the inboxes, not with the conversations. */
async function accountsWithQueue({ db }: App): Promise<number[]> {
  const rows = await db.all(
    sql<{ account_id: number }>`with recursive step (inbox_id) as (
        select cast(0 as bigint)
        union all
        select (select inbox_id from assignment_queue where assignment_queue.inbox_id > step.inbox_id
          order by assignment_queue.inbox_id limit 1)
        from step where step.inbox_id is not null)
      select distinct account_id from step join inboxes on inboxes.id = step.inbox_id where enable_auto_assignment = 1`,
  );
  return rows.map(({ account_id }) => account_id);
}

/** Like `takeStep`; an account whose step fails is left until its next request, so that it does not stop the others. */
const tryStep: typeof takeStep = (app, account_id, isClosed) =>
  takeStep(app, account_id, isClosed).catch((err: unknown) => {
    app.log.error({ err, account_id }, 'Could not assign the waiting conversations of an account');
    return false;
  });

/** Assigns a batch of each queue that has an online agent. @returns whether a queue has more than a batch */
async function takeStep(app: App, account_id: number, isClosed: () => boolean): Promise<boolean> {
  const online = await readOnline(app, [account_id]);
  let hasMore = false;
  for (const queue of await listReadyQueues(app, account_id, online)) {
    const waiting = await listQueued(app.db, queue, batchSize);
    let assigned = 0;
    for (const conversation_id of waiting) {
      if (isClosed()) return false;
      const outcome = await assignQueued(app, conversation_id, online);
      if (outcome === 'nobody online') break;
      if (outcome === 'assigned') assigned++;
    }
    hasMore ||= waiting.length === batchSize && assigned > 0;
  }
  return hasMore;
}

/**
 * Queues that are not empty and whose inbox, and team if they have one, has an online member. The queries ask for the first row
 * of a queue: with `exists` PostgreSQL would plan a join with the whole table.
 */
async function listReadyQueues({ db }: App, account_id: number, online: OnlineUsers): Promise<QueueKey[]> {
  const members = await db.all(
    sql<
      MemberPresence & { inbox_id: number }
    >`select inbox_id, account_users.account_id, user_id, availability, auto_offline
      from inboxes join inbox_members on inbox_members.inbox_id = inboxes.id join account_users using (user_id)
      where inboxes.account_id = ${account_id} and account_users.account_id = ${account_id} and enable_auto_assignment = 1
        and (select team_id from assignment_queue where assignment_queue.inbox_id = inboxes.id
          order by team_id limit 1) is not null`,
  );
  const present = members.filter((member) => availabilityOf(member, online) === 'online');
  if (!present.length) return [];
  const inbox_ids = [...new Set(present.map(({ inbox_id }) => inbox_id))];
  const user_ids = [...new Set(present.map(({ user_id }) => user_id))];
  const ofTeams = await db.all(
    sql<QueueKey>`select inboxes.id as inbox_id, teams.id as team_id from inboxes cross join teams
      where ${isAnyOf(db, 'inboxes.id', inbox_ids)} and teams.account_id = ${account_id} and allow_auto_assign = 1
        and (select assignment_queue.created_at from assignment_queue
          where assignment_queue.inbox_id = inboxes.id and assignment_queue.team_id = teams.id
          order by assignment_queue.created_at limit 1) is not null
        and exists (select 1 from team_members join inbox_members using (user_id)
          where team_members.team_id = teams.id and inbox_members.inbox_id = inboxes.id
            and ${isAnyOf(db, 'team_members.user_id', user_ids)})`,
  );
  return [...inbox_ids.map((inbox_id) => ({ inbox_id, team_id: 0 })), ...ofTeams];
}

type AssignmentOutcome = 'assigned' | 'skipped' | 'nobody online';

/** A conversation whose assignment fails moves to the end of its queue, so that it does not block the others. */
async function assignQueued(
  app: App,
  conversation_id: number,
  online: OnlineUsers,
): Promise<AssignmentOutcome> {
  const { db } = app;
  try {
    return await db.write((tx) => assignWithin(app, tx, conversation_id, online));
  } catch (err) {
    app.log.error({ err, conversation_id }, 'Could not assign a waiting conversation');
    await db.write((tx) => moveToEnd(tx, conversation_id, app.now()));
    return 'skipped';
  }
}

/**
 * Locks the conversation first, as everything that assigns one does. So another node, or an agent who assigns it by hand, either
 * comes before and has removed it from the queue, or comes after and sees the assignee.
 */
async function assignWithin(
  app: App,
  tx: Tx,
  conversation_id: number,
  online: OnlineUsers,
): Promise<AssignmentOutcome> {
  const loaded = (await lockConversations(tx, [conversation_id])).get(conversation_id);
  if (!loaded || !(await isQueued(tx, conversation_id))) return 'skipped';
  const { conversation, inbox } = loaded;
  const { account_id, inbox_id, assignee_id } = conversation;
  const members = await listMemberIds(tx, inbox_id);
  const isTaken = assignee_id !== null && members.includes(assignee_id);
  if (isTaken || conversation.status !== 'open' || conversation.assignee_agent_bot_id !== null) {
    await dequeue(tx, [conversation_id]);
    return 'skipped';
  }
  if (!inbox.enable_auto_assignment) return 'nobody online';
  const ids = await candidatesOf(tx, loaded, members);
  const present = await filterOnline(tx, { account_id, ids, online });
  const chosen = await chooseByRoundRobin(tx, `inbox:${inbox_id}`, present);
  if (chosen === undefined) return 'nobody online';
  // The listener of `follow-conversations.ts` removes it from the queue, as after every assignment.
  await setAssignee(app, tx, loaded, { assignee_id: chosen, by: { name: 'System' } });
  return 'assigned';
}

/** Members of the inbox. With a team only its members, and nobody when the team does not allow auto-assignment. */
async function candidatesOf(tx: Tx, { team }: LoadedConversation, members: number[]): Promise<number[]> {
  if (!team) return members;
  if (!team.allow_auto_assign) return [];
  const inTeam = await listTeamMemberIds(tx, team.id);
  return members.filter((id) => inTeam.includes(id));
}
