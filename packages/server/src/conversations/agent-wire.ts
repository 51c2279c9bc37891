/** Conversations of the agent API, with their newest messages (application-api.md section 4.7). */
import type { AgentConversation, EventMessage } from '@hoory/contract';
import { findBots } from '../agent-bots/store.ts';
import { toShortAgentBot } from '../agent-bots/wire.ts';
import { type OnlineUsers, readOnline } from '../agents/presence.ts';
import { listMembers, type MemberRow } from '../agents/store.ts';
import { toAgent } from '../agents/wire.ts';
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import { claimsOf, type NestedContactRow, nestedContactColumns, toContact } from '../contacts/wire.ts';
import type { Sql } from '../db/db.ts';
import { isAnyOf, listValue, nested } from '../db/dialect.ts';
import { jsonRows } from '../db/json-rows.ts';
import { loadedRow } from '../db/loaded-rows.ts';
import type { AgentBotRow, ContactInboxRow, InboxRow, TeamRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { findEventMessages, loadParts } from '../messages/store.ts';
import { toEventMessage } from '../messages/wire.ts';
import { findTeams, listTeamIdsOfUser } from '../teams/store.ts';
import { toTeam } from '../teams/wire.ts';
import { toUnix } from '../time.ts';
import { type ConversationViewRow, conversationCore, conversationViewColumns } from './record/wire.ts';

/** Facts about the caller and the agents that the answer needs besides the rows. */
export interface Viewer {
  online: OnlineUsers;
  /** Teams of the caller, which the answer marks. */
  teams: readonly number[];
}

/** Reads presence, which may be in Redis. So it is called before a transaction, never inside. */
export async function readViewer(app: App, caller: AccountCaller): Promise<Viewer> {
  const account_id = caller.account.id;
  const teams =
    caller.kind === 'bot' ? [] : await listTeamIdsOfUser(app.db, { account_id, user_id: caller.user.id });
  return { online: await readOnline(app, [account_id]), teams };
}

/** The columns of a conversation and its related rows that the agent API shows. */
interface ConversationView {
  conversation: ConversationViewRow;
  session: Pick<ContactInboxRow, 'source_id' | 'hmac_verified' | 'claims'>;
  contact: NestedContactRow;
  inbox: Pick<InboxRow, 'additional_attributes'>;
}

const viewColumns = [
  ...nested('conversations', conversationViewColumns, 'conversation'),
  ...nested('contact_inboxes', ['source_id', 'hmac_verified', 'claims'] as const, 'session'),
  ...nested('contacts', nestedContactColumns, 'contact'),
  ...nested('inboxes', ['additional_attributes'] as const, 'inbox'),
];

const viewsByIds = jsonRows<{ ids: unknown }, ConversationView>(viewColumns, (q, param, db) =>
  q
    .selectFrom('conversations')
    .innerJoin('contact_inboxes', 'contact_inboxes.id', 'conversations.contact_inbox_id')
    .innerJoin('contacts', 'contacts.id', 'conversations.contact_id')
    .innerJoin('inboxes', 'inboxes.id', 'conversations.inbox_id')
    .select(viewColumns)
    .where(isAnyOf(db, 'conversations.id', param.ids)),
);

export interface ConversationsQuery {
  viewer: Viewer;
  ids: readonly number[];
}

/**
 * Conversations of one account, in the given order, with a fixed number of reads for any number of them; ids that do not
 * exist are missing in the answer.
 */
export async function showConversations(
  app: App,
  db: Sql,
  { viewer, ids }: ConversationsQuery,
): Promise<AgentConversation[]> {
  const found = ids.length ? await viewsByIds(db, { ids: listValue(db, ids) }) : [];
  const [first] = found;
  if (!first) return [];
  const idsOf = (column: 'assignee_id' | 'assignee_agent_bot_id' | 'team_id') => [
    ...new Set(found.flatMap(({ conversation }) => conversation[column] ?? [])),
  ];
  const assignees = idsOf('assignee_id');
  const [members, rows, bots, teams] = await Promise.all([
    assignees.length ? listMembers(db, first.conversation.account_id, assignees) : [],
    findNewest(db, found),
    findBots(db, idsOf('assignee_agent_bot_id')),
    findTeams(db, idsOf('team_id')),
  ]);
  const messages = await toNewest(app, db, rows, { found, users: members });
  const byId = new Map(members.map((member) => [member.id, member]));
  const shown = new Map(found.map((one) => [one.conversation.id, one]));
  return ids.flatMap((id) => {
    const one = shown.get(id);
    if (!one) return [];
    const { conversation } = one;
    return toAgentConversation(app, one, {
      last: messages.get(conversation.last_message_id ?? 0),
      lastNonActivity: messages.get(conversation.last_non_activity_message_id ?? 0),
      assignee: byId.get(conversation.assignee_id ?? 0),
      assigneeBot: bots.get(conversation.assignee_agent_bot_id ?? 0),
      team: teams.get(conversation.team_id ?? 0),
      viewer,
    });
  });
}

/** Like `showConversations`, for one. @throws not_found when it has been deleted meanwhile */
export async function showConversation(
  app: App,
  db: Sql,
  { viewer, id }: { viewer: Viewer; id: number },
): Promise<AgentConversation> {
  const [shown] = await showConversations(app, db, { viewer, ids: [id] });
  if (!shown) throw notFound();
  return shown;
}

type NewestRow = Awaited<ReturnType<typeof findEventMessages>>[number];

/** The newest messages of the conversations. */
function findNewest(db: Sql, found: readonly ConversationView[]): Promise<NewestRow[]> {
  const ids = new Set<number>();
  for (const { conversation } of found)
    for (const id of [conversation.last_message_id, conversation.last_non_activity_message_id])
      if (id !== null) ids.add(id);
  return findEventMessages(db, [...ids]);
}

/** The newest messages in the shape of events, by message id. */
async function toNewest(
  app: App,
  db: Sql,
  messages: readonly NewestRow[],
  { found, users }: { found: readonly ConversationView[]; users: readonly MemberRow[] },
): Promise<Map<number, EventMessage>> {
  const contacts = found.map(({ contact }) => contact);
  const parts = await loadParts(
    db,
    messages,
    found.map(({ conversation }) => conversation),
    { contacts, users },
  );
  const foundById = new Map(found.map((one) => [one.conversation.id, one]));
  return new Map(
    parts.map((part) => {
      const { conversation, session } = loadedRow(foundById, part.message.conversation_id);
      return [part.message.id, toEventMessage(app, part, conversation, session.source_id)];
    }),
  );
}

/** Converted messages, and rows that a conversation refers to. */
interface ViewParts {
  last: EventMessage | undefined;
  lastNonActivity: EventMessage | undefined;
  assignee: MemberRow | undefined;
  assigneeBot: AgentBotRow | undefined;
  team: TeamRow | undefined;
  viewer: Viewer;
}

function toAgentConversation(app: App, related: ConversationView, parts: ViewParts): AgentConversation {
  const { conversation, contact } = related;
  const { last, lastNonActivity } = parts;
  const core = conversationCore(related, app.now());
  // Key by key, as in `messages/wire.ts`: an object that begins as a spread and then grows is slow.
  return {
    id: core.id,
    inbox_id: core.inbox_id,
    status: core.status,
    priority: core.priority,
    unread_count: core.unread_count,
    can_reply: core.can_reply,
    labels: core.labels,
    additional_attributes: core.additional_attributes,
    custom_attributes: core.custom_attributes,
    snoozed_until: core.snoozed_until,
    created_at: core.created_at,
    updated_at: core.updated_at,
    timestamp: core.timestamp,
    last_activity_at: core.last_activity_at,
    agent_last_seen_at: core.agent_last_seen_at,
    contact_last_seen_at: core.contact_last_seen_at,
    waiting_since: core.waiting_since,
    uuid: conversation.uuid,
    account_id: conversation.account_id,
    messages: last ? [last] : [],
    last_non_activity_message: lastNonActivity ?? null,
    muted: contact.blocked === 1,
    first_reply_created_at: toUnix(conversation.first_reply_created_at),
    assignee_last_seen_at: toUnix(conversation.assignee_last_seen_at),
    sla_policy_id: null,
    meta: toMeta(related, parts),
  };
}

/** The people of a conversation. */
function toMeta(
  { session, contact }: ConversationView,
  { assignee, assigneeBot, team, viewer }: ViewParts,
): AgentConversation['meta'] {
  const meta: AgentConversation['meta'] = {
    sender: toContact(contact),
    channel: 'Channel::Api',
    hmac_verified: session.hmac_verified === 1,
  };
  if (assignee) {
    meta.assignee = toAgent(assignee, viewer.online);
    meta.assignee_type = 'User';
  }
  if (assigneeBot) {
    meta.assignee = toShortAgentBot(assigneeBot);
    meta.assignee_type = 'AgentBot';
  }
  if (team) meta.team = toTeam(team, viewer.teams);
  if (session.claims !== '{}') meta.unverified_claims = claimsOf(session);
  return meta;
}
