/** The conversations that a caller may see: agents those of their inboxes and teams, administrators and bots all (application-api.md section 3). */
import { type RawBuilder, sql } from 'kysely';
import type { NamedUser } from '../../agents/sender.ts';
import type { App } from '../../app.ts';
import type { AccountCaller, AgentCaller } from '../../caller.ts';
import { type NestedContactRow, nestedContactColumns } from '../../contacts/wire.ts';
import { columnsOf } from '../../db/columns.ts';
import type { BatchRead, Sql } from '../../db/db.ts';
import { jsonTriples, nested } from '../../db/dialect.ts';
import { jsonRows } from '../../db/json-rows.ts';
import type { ConversationRow } from '../../db/tables.ts';
import { notAuthorized, notFound } from '../../errors.ts';
import { maySeeInbox } from '../../inboxes/rules.ts';
import { listTeamMemberIds } from '../../teams/store.ts';

/** @throws not_found for an unknown display id, not_authorized 401 outside the caller's inboxes and teams */
export async function getVisibleConversation(
  app: App,
  caller: AccountCaller,
  display_id: number,
): Promise<ConversationRow> {
  const account_id = caller.account.id;
  const user_id = caller.kind === 'bot' ? 0 : caller.user.id;
  const found = await app.db.readMany(findForUsers, { account_id, display_id, user_id });
  if (!found) throw notFound();
  const { conversation, membership } = found;
  const maySee = caller.kind === 'bot' || maySeeInbox(caller.role, membership.user_id !== null);
  if (!maySee && !(await isOfOwnTeam(app.db, caller, conversation))) throw notAuthorized();
  return conversation;
}

interface ConversationForUser {
  position: number;
  conversation: ConversationRow;
  /** The membership of the user in the inbox; `user_id` is null without one. */
  membership: { user_id: number | null };
}

const forUserColumns = nested('conversations', columnsOf.conversations, 'conversation');
const membershipOf = (user_id: RawBuilder<unknown>) =>
  sql<number | null>`(select user_id from inbox_members
    where inbox_id = conversations.inbox_id and user_id = ${user_id})`.as('membership.user_id');

/** PostgreSQL looks up one conversation at a time, as in `callersByPath`. */
const byUsers = jsonRows<{ triples: unknown }, ConversationForUser>(
  ['position', ...forUserColumns, 'membership.user_id'],
  (q, param, db) => {
    const triples = q.selectFrom(jsonTriples(db, param.triples));
    const ofTriple = sql<boolean>`conversations.account_id = cast(triple.first as bigint)
      and conversations.display_id = cast(triple.second as bigint)`;
    const found =
      db.dialect === 'sqlite'
        ? triples.innerJoin('conversations', (on) => on.on(ofTriple))
        : triples.innerJoinLateral(
            (from) =>
              from
                .selectFrom('conversations')
                .selectAll()
                .where(ofTriple)
                .offset(sql<number>`0`)
                .as('conversations'),
            (on) => on.onTrue(),
          );
    return found
      .select('triple.position as position')
      .select(forUserColumns)
      .select(membershipOf(sql`cast(triple.third as bigint)`));
  },
);

const findForUsers: BatchRead<HeadQuery, ConversationForUser | undefined> = async (db, queries) => {
  const triples = JSON.stringify(
    queries.map(({ account_id, display_id, user_id }) => [account_id, display_id, user_id]),
  );
  const found = new Map((await byUsers(db, { triples })).map((row) => [row.position, row]));
  return queries.map((_, position) => found.get(position));
};

const headColumns = [
  'id',
  'display_id',
  'team_id',
  'labels',
  'additional_attributes',
  'agent_last_seen_at',
  'assignee_last_seen_at',
] as const satisfies readonly (keyof ConversationRow)[];

/** The columns of a conversation that a list of its messages shows. */
export interface ConversationHead {
  conversation: Pick<ConversationRow, (typeof headColumns)[number]>;
  contact: NestedContactRow;
  assignee: NamedUser | undefined;
}

interface HeadQuery {
  account_id: number;
  display_id: number;
  /** The caller, whose membership of the inbox is read with it. */
  user_id: number;
}

interface HeadRow extends Omit<ConversationHead, 'assignee'> {
  assignee: NamedUser | { id: null };
  membership: { user_id: number | null };
}

const headRowColumns = [
  ...nested('conversations', headColumns, 'conversation'),
  ...nested('contacts', nestedContactColumns, 'contact'),
  ...nested('users', ['id', 'name', 'display_name', 'avatar_url'] as const, 'assignee'),
  ...nested('inbox_members', ['user_id'] as const, 'membership'),
];

const headsByDisplayId = jsonRows<HeadQuery, HeadRow>(headRowColumns, (q, param) =>
  q
    .selectFrom('conversations')
    .innerJoin('contacts', 'contacts.id', 'conversations.contact_id')
    .leftJoin('users', 'users.id', 'conversations.assignee_id')
    .leftJoin('inbox_members', (on) =>
      on
        .onRef('inbox_members.inbox_id', '=', 'conversations.inbox_id')
        .on('inbox_members.user_id', '=', param.user_id),
    )
    .select(headRowColumns)
    .where('conversations.account_id', '=', param.account_id)
    .where('conversations.display_id', '=', param.display_id),
);

/** Like `getVisibleConversation`, in one read, for a list of the conversation's messages. */
export async function getVisibleHead(
  app: App,
  caller: AgentCaller,
  display_id: number,
): Promise<ConversationHead> {
  const [found] = await headsByDisplayId(app.db, {
    account_id: caller.account.id,
    display_id,
    user_id: caller.user.id,
  });
  if (!found) throw notFound();
  const { conversation, contact, assignee, membership } = found;
  if (
    !maySeeInbox(caller.role, membership.user_id !== null) &&
    !(await isOfOwnTeam(app.db, caller, conversation))
  )
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
