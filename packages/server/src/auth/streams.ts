/** The streams of the event log that a member of an account may read (decisions.md 6), for sockets and feeds alike. */
import type { Sql } from '../db/db.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { streamOf } from '../events/emit.ts';

const allInboxes = preparedQuery((q, params: { account_id: number }) =>
  q.selectFrom('inboxes').select('id').where('account_id', '=', params.account_id).orderBy('id'),
);
const ownInboxes = preparedQuery((q, params: { account_id: number; user_id: number }) =>
  q
    .selectFrom('inboxes')
    .innerJoin('inbox_members', 'inbox_members.inbox_id', 'inboxes.id')
    .select('inboxes.id')
    .where('inboxes.account_id', '=', params.account_id)
    .where('inbox_members.user_id', '=', params.user_id)
    .orderBy('inboxes.id'),
);

export interface Member {
  account_id: number;
  user_id: number;
  role: string;
}

/** The user's own streams, the account's, and those of every inbox the user may see: all of them for administrators. */
export async function streamsOfMember(db: Sql, { account_id, user_id, role }: Member): Promise<string[]> {
  const inboxes =
    role === 'administrator'
      ? await db.all(allInboxes(db, { account_id }))
      : await db.all(ownInboxes(db, { account_id, user_id }));
  return [
    streamOf.user(user_id),
    streamOf.member(account_id, user_id),
    streamOf.account(account_id),
    ...inboxes.map(({ id }) => streamOf.inbox(id)),
  ];
}
