/** An account to test with: an administrator, an agent, and an inbox of which the agent is a member. */

import { insertAccount } from '../src/accounts/store.ts';
import { addMember } from '../src/agents/agents.ts';
import type { App } from '../src/app.ts';
import type { AccountRow, InboxRow, UserRow } from '../src/db/tables.ts';
import { addInbox } from '../src/inboxes/inboxes.ts';
import { insertMembers } from '../src/inboxes/store.ts';
import { newUuid } from '../src/secrets.ts';
import { type Caller, callerOf } from './call.ts';

export interface TestAccount {
  account: AccountRow;
  administrator: UserRow;
  agent: UserRow;
  /** The agent's own inbox, and one that only administrators see. */
  inbox: InboxRow;
  hidden: InboxRow;
  as: { administrator: Caller; agent: Caller };
}

export async function createTestAccount(app: App): Promise<TestAccount> {
  const rows = await app.db.write(async (tx) => {
    const account = await insertAccount(app, tx, 'Acme');
    const add = (role: 'administrator' | 'agent') =>
      addMember(app, tx, {
        account_id: account.id,
        role,
        newUser: { name: role, email: `${newUuid()}@team.test`, password_hash: null, confirmed: 1 },
      });
    const administrator = await add('administrator');
    const agent = await add('agent');
    const inbox = await addInbox(app, tx, account.id, { name: 'App' });
    const hidden = await addInbox(app, tx, account.id, { name: 'Hidden' });
    await insertMembers(app, tx, { inbox_id: inbox.id, user_ids: [agent.id] });
    return { account, administrator, agent, inbox, hidden };
  });
  const as = ({ access_token }: UserRow) => callerOf(app.url(), access_token);
  return { ...rows, as: { administrator: as(rows.administrator), agent: as(rows.agent) } };
}

/** What a stream was told so far, oldest first. */
export async function eventsOf(
  { db }: App,
  stream: string,
): Promise<{ event: string; data: Record<string, unknown> }[]> {
  const rows = await db.all(
    db.q
      .selectFrom('stream_entries')
      .innerJoin('streams', 'streams.id', 'stream_entries.stream_id')
      .innerJoin('events', 'events.id', 'stream_entries.event_id')
      .select('events.payload')
      .where('streams.name', '=', stream)
      .orderBy('stream_entries.stream_offset'),
  );
  return rows.map(({ payload }) => JSON.parse(payload));
}
