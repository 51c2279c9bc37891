/** Conversations as agents read them, with their newest messages (application-api.md section 4.7). */
import type { AgentConversation, EventMessage } from '@hoory/contract';
import { toShortAgentBot } from '../agent-bots/wire.ts';
import { type Online, readOnline } from '../agents/presence.ts';
import { listMembers, type MemberRow } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import { claimsOf, toContact } from '../contacts/wire.ts';
import { loadSurroundings } from '../conversations/store.ts';
import { conversationCore, type Surroundings } from '../conversations/wire.ts';
import type { Sql } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { findMessages, loadParts } from '../messages/store.ts';
import { toEventMessage } from '../messages/wire.ts';
import { listTeamIdsOf } from '../teams/store.ts';
import { toTeam } from '../teams/wire.ts';
import { toUnix } from '../time.ts';

/** What showing depends on besides the rows: who is online, and the teams of who reads. */
export interface Viewer {
  online: Online;
  teams: readonly number[];
}

/** Read before a transaction, which waits for nothing but the database. */
export async function readViewer(app: App, caller: AccountCaller): Promise<Viewer> {
  const account_id = caller.account.id;
  const teams =
    caller.kind === 'bot' ? [] : await listTeamIdsOf(app.db, { account_id, user_id: caller.user.id });
  return { online: await readOnline(app, [account_id]), teams };
}

export interface Showing {
  viewer: Viewer;
  rows: readonly ConversationRow[];
}

/** Conversations of one account, in the given order, with a fixed number of reads for any number of them. */
export async function showConversations(
  app: App,
  db: Sql,
  { viewer, rows }: Showing,
): Promise<AgentConversation[]> {
  const [first] = rows;
  if (!first) return [];
  const around = await loadSurroundings(db, rows);
  const messages = await loadNewest(app, db, rows, around);
  const assignees = [...new Set(rows.flatMap(({ assignee_id }) => assignee_id ?? []))];
  const members = assignees.length ? await listMembers(db, first.account_id, assignees) : [];
  const byId = new Map(members.map((member) => [member.id, member]));
  return rows.map((row) =>
    toAgentConversation(app, around.get(row.id) as Surroundings, {
      last: messages.get(row.last_message_id ?? 0),
      lastNonActivity: messages.get(row.last_non_activity_message_id ?? 0),
      assignee: byId.get(row.assignee_id ?? 0),
      viewer,
    }),
  );
}

/** As `showConversations`, for one. */
export async function showConversation(
  app: App,
  db: Sql,
  { viewer, row }: { viewer: Viewer; row: ConversationRow },
): Promise<AgentConversation> {
  return (await showConversations(app, db, { viewer, rows: [row] }))[0] as AgentConversation;
}

async function loadNewest(
  app: App,
  db: Sql,
  rows: readonly ConversationRow[],
  around: Map<number, Surroundings>,
): Promise<Map<number, EventMessage>> {
  const ids = rows.flatMap((row) =>
    [row.last_message_id ?? [], row.last_non_activity_message_id ?? []].flat(),
  );
  const messages = await findMessages(db, [...new Set(ids)]);
  const parts = await loadParts(db, messages, new Map(rows.map(({ id, display_id }) => [id, display_id])));
  return new Map(
    parts.map((part) => {
      const { conversation, session } = around.get(part.message.conversation_id) as Surroundings;
      return [part.message.id, toEventMessage(app, part, conversation, session.source_id)];
    }),
  );
}

interface Newest {
  last: EventMessage | undefined;
  lastNonActivity: EventMessage | undefined;
  assignee: MemberRow | undefined;
  viewer: Viewer;
}

function toAgentConversation(
  app: App,
  around: Surroundings,
  { last, lastNonActivity, assignee, viewer }: Newest,
): AgentConversation {
  const { conversation, session, contact, assigneeBot, team } = around;
  const { channel, ...core } = conversationCore(around, app.now());
  const unverified_claims = claimsOf(session);
  return {
    ...core,
    uuid: conversation.uuid,
    account_id: conversation.account_id,
    messages: last ? [last] : [],
    last_non_activity_message: lastNonActivity ?? null,
    muted: contact.blocked === 1,
    first_reply_created_at: toUnix(conversation.first_reply_created_at),
    assignee_last_seen_at: toUnix(conversation.assignee_last_seen_at),
    sla_policy_id: null,
    meta: {
      sender: toContact(contact),
      channel,
      hmac_verified: session.hmac_verified === 1,
      ...(assignee && { assignee: toAgent(assignee, viewer.online), assignee_type: 'User' }),
      ...(assigneeBot && { assignee: toShortAgentBot(assigneeBot), assignee_type: 'AgentBot' }),
      ...(team && { team: toTeam(team, viewer.teams) }),
      ...(Object.keys(unverified_claims).length > 0 && { unverified_claims }),
    },
  };
}
