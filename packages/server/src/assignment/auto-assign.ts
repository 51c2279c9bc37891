/**
 * Conversations that become open find an agent by turns (application-api.md section 7). `assignment-queue.ts` queues them in the
 * transaction that opens them; they are given away right after it, or when somebody who may take them comes online.
 *
 * What asks for work names an account: a conversation was queued, presence or an availability changed. Every second all
 * accounts in which conversations wait are looked at: after a start, after a change of members, teams or settings, and after
 * changes by other processes. An account is worked in steps that take a page of each line, so that a long line delays
 * neither the other lines nor the other accounts.
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
import { dequeue, isQueued, type Line, putLast, readLine } from './queue.ts';
import { chooseByRoundRobin } from './round-robin.ts';

/** Conversations of one line that one step gives away. */
const page = 50;

export interface AutoAssignment {
  /** Assigns what waits in this account soon. */
  wake(account_id: number): void;
  /** Assigns what waits in any account. */
  work(): Promise<void>;
  /** Resolves when the conversation at hand is given away; what is left waits for the next start. */
  close(): Promise<void>;
}

/** Assigns waiting conversations when `wake` is called for their account, and when agents come online. */
export function openAutoAssignment(app: App): AutoAssignment {
  let isClosed = false;
  /** Accounts to be looked at, those that waited longest first. */
  const asked = new Set<number>();
  let isRunning = false;
  let run: Promise<void> = Promise.resolve();

  function ask(account_ids: readonly number[]): void {
    for (const id of account_ids) asked.add(id);
    if (!isRunning) run = workAsked();
  }

  async function workAsked(): Promise<void> {
    isRunning = true;
    // An account that is added again meanwhile comes after the others.
    for (const account_id of asked) {
      asked.delete(account_id);
      if (isClosed) break;
      try {
        if (await takeStep(app, account_id, () => isClosed)) asked.add(account_id);
      } catch (err) {
        app.log.error({ err, account_id }, 'conversations could not be given away');
      }
    }
    isRunning = false;
  }

  const stopFollowing = onPresenceChange(app, (account_id) => ask([account_id]));
  return {
    wake: (account_id) => ask([account_id]),
    work: async () => {
      ask(await accountsThatWait(app));
      await run;
    },
    close: () => {
      isClosed = true;
      stopFollowing();
      return run;
    },
  };
}

/** Finds the inboxes by steps through the index of the lines: their number counts, not that of the conversations. */
async function accountsThatWait({ db }: App): Promise<number[]> {
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

/** Gives away a page of each line of the account that somebody present may take from. @returns whether to come back at once */
async function takeStep(app: App, account_id: number, isClosed: () => boolean): Promise<boolean> {
  const online = await readOnline(app, [account_id]);
  let isLong = false;
  for (const line of await openLines(app, account_id, online)) {
    const waiting = await readLine(app.db, line, page);
    let given = 0;
    for (const conversation_id of waiting) {
      if (isClosed()) return false;
      const outcome = await give(app, conversation_id, online);
      if (outcome === 'nobody is here') break;
      if (outcome === 'given') given++;
    }
    isLong ||= waiting.length === page && given > 0;
  }
  return isLong;
}

/**
 * Lines in which something waits and whose inbox, and team if they have one, have a member who is here. With `exists`
 * instead of the first row, PostgreSQL would plan a join with the whole queue.
 */
async function openLines({ db }: App, account_id: number, online: OnlineUsers): Promise<Line[]> {
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
    sql<Line>`select inboxes.id as inbox_id, teams.id as team_id from inboxes cross join teams
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

type Outcome = 'given' | 'not given' | 'nobody is here';

/** A conversation that cannot be given away for a fault of its own goes to the end of its line. */
async function give(app: App, conversation_id: number, online: OnlineUsers): Promise<Outcome> {
  const { db } = app;
  try {
    return await db.write((tx) => giveWithin(app, tx, conversation_id, online));
  } catch (err) {
    app.log.error({ err, conversation_id }, 'a conversation could not be given away');
    await db.write((tx) => putLast(tx, conversation_id, app.now()));
    return 'not given';
  }
}

/**
 * The conversation is locked first, and everything that assigns one does so: a second node, or somebody who assigns it by hand,
 * comes before and has taken it off the queue, or comes after and sees the assignee.
 */
async function giveWithin(app: App, tx: Tx, conversation_id: number, online: OnlineUsers): Promise<Outcome> {
  const loaded = (await lockConversations(tx, [conversation_id])).get(conversation_id);
  if (!loaded || !(await isQueued(tx, conversation_id))) return 'not given';
  const { conversation, inbox } = loaded;
  const { account_id, inbox_id, assignee_id } = conversation;
  const members = await listMemberIds(tx, inbox_id);
  const isTaken = assignee_id !== null && members.includes(assignee_id);
  if (isTaken || conversation.status !== 'open' || conversation.assignee_agent_bot_id !== null) {
    await dequeue(tx, [conversation_id]);
    return 'not given';
  }
  if (!inbox.enable_auto_assignment) return 'nobody is here';
  const ids = await candidatesOf(tx, loaded, members);
  const present = await filterOnline(tx, { account_id, ids, online });
  const chosen = await chooseByRoundRobin(tx, `inbox:${inbox_id}`, present);
  if (chosen === undefined) return 'nobody is here';
  // Takes it off the queue as well, as every assignment does.
  await setAssignee(app, tx, loaded, { assignee_id: chosen, by: { name: 'System' } });
  return 'given';
}

/** Members of the inbox; of a conversation with a team only those in it, if the team allows it. */
async function candidatesOf(tx: Tx, { team }: LoadedConversation, members: number[]): Promise<number[]> {
  if (!team) return members;
  if (!team.allow_auto_assign) return [];
  const inTeam = await listTeamMemberIds(tx, team.id);
  return members.filter((id) => inTeam.includes(id));
}
