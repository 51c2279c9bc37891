/** Which conversations an agent may see: of its inboxes and teams; administrators and bots all (application-api.md 3). */
import type { NamedUser } from '../../agents/sender.ts';
import type { App } from '../../app.ts';
import type { AccountCaller, AgentCaller } from '../../caller.ts';
import { type NestedContactRow, nestedContactColumns } from '../../contacts/wire.ts';
import type { Sql } from '../../db/db.ts';
import { nested } from '../../db/dialect.ts';
import { preparedQuery } from '../../db/prepared-query.ts';
import type { ConversationRow } from '../../db/tables.ts';
import { notAuthorized, notFound } from '../../errors.ts';
import { requireVisible } from '../../inboxes/access.ts';
import { maySeeInbox } from '../../inboxes/rules.ts';
import { listTeamMemberIds } from '../../teams/store.ts';
import { findConversation } from './store.ts';

/** @throws not_found for an unknown display id, not_authorized 401 outside the caller's inboxes and teams */
export async function getVisibleConversation(
  app: App,
  caller: AccountCaller,
  display_id: number,
): Promise<ConversationRow> {
  const conversation = await findConversation(app.db, caller.account.id, display_id);
  if (!conversation) throw notFound();
  if (!(await isOfOwnTeam(app.db, caller, conversation)))
    await requireVisible(app.db, caller, conversation.inbox_id);
  return conversation;
}

const headColumns = [
  'id',
  'display_id',
  'team_id',
  'labels',
  'additional_attributes',
  'agent_last_seen_at',
  'assignee_last_seen_at',
] as const satisfies readonly (keyof ConversationRow)[];

/** What stands above the messages of a conversation. */
export interface Head {
  conversation: Pick<ConversationRow, (typeof headColumns)[number]>;
  contact: NestedContactRow;
  assignee: NamedUser | undefined;
}

const headAt = preparedQuery((q, place: { account_id: number; display_id: number; user_id: number }) =>
  q
    .selectFrom('conversations')
    .innerJoin('contacts', 'contacts.id', 'conversations.contact_id')
    .leftJoin('users', 'users.id', 'conversations.assignee_id')
    .leftJoin('inbox_members', (on) =>
      on
        .onRef('inbox_members.inbox_id', '=', 'conversations.inbox_id')
        .on('inbox_members.user_id', '=', place.user_id),
    )
    .select(nested('conversations', headColumns, 'conversation'))
    .select(nested('contacts', nestedContactColumns, 'contact'))
    .select(nested('users', ['id', 'name', 'display_name', 'avatar_url'] as const, 'assignee'))
    .select('inbox_members.user_id as member_id')
    .where('conversations.account_id', '=', place.account_id)
    .where('conversations.display_id', '=', place.display_id),
);

type FoundHead = Omit<Head, 'assignee'> & { assignee: { id: null } | NamedUser; member_id: number | null };

/** As `getVisibleConversation`, in one read, with what a list of its messages shows of it. */
export async function getVisibleHead(app: App, caller: AgentCaller, display_id: number): Promise<Head> {
  const place = { account_id: caller.account.id, display_id, user_id: caller.user.id };
  const found = (await app.db.get(headAt(app.db, place))) as unknown as FoundHead | undefined;
  if (!found) throw notFound();
  const { conversation, contact, assignee, member_id } = found;
  if (!maySeeInbox(caller.role, member_id !== null) && !(await isOfOwnTeam(app.db, caller, conversation)))
    throw notAuthorized();
  return { conversation, contact, assignee: assignee.id === null ? undefined : assignee };
}

async function isOfOwnTeam(
  db: Sql,
  caller: AccountCaller,
  { team_id }: Pick<ConversationRow, 'team_id'>,
): Promise<boolean> {
  if (team_id === null || caller.kind === 'bot') return false;
  return (await listTeamMemberIds(db, team_id)).includes(caller.user.id);
}
