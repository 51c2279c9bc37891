/** The conversations of one contact (application-api.md section 6.8). */
import { type RawBuilder, sql } from 'kysely';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { findContact } from '../contacts/store.ts';
import { isAnyOf } from '../db/dialect.ts';
import { notFound } from '../errors.ts';
import { visibleInboxIds } from '../inboxes/access.ts';

/** Conversations in the list. */
const maxListed = 20;
/** The newest conversations of the contact, among which those with the newest activity are found. */
const maxRead = 1000;

/**
 * Ids of the 20 conversations with the newest activity that the caller may see, among the contact's newest 1000.
 * @throws not_found for a contact of another account
 */
export async function listIdsOfContact(app: App, caller: AgentCaller, contact_id: number): Promise<number[]> {
  if (!(await findContact(app.db, caller.account.id, contact_id))) throw notFound();
  const inboxes = await visibleInboxIds(app, caller);
  const isVisible: RawBuilder<boolean> =
    inboxes === 'all' ? sql`1 = 1` : isAnyOf(app.db, 'inbox_id', inboxes);
  const rows = await app.db.all(
    sql<{ id: number }>`select id from (
        select id, inbox_id, last_activity_at from conversations
        where contact_id = ${contact_id} order by id desc limit ${sql.lit(maxRead)}
      ) as newest
      where ${isVisible} order by last_activity_at desc, id desc limit ${sql.lit(maxListed)}`,
  );
  return rows.map(({ id }) => id);
}
