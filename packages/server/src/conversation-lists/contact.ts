/** The conversations of one contact (application-api.md section 6.8). */
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { findContact } from '../contacts/store.ts';
import { notFound } from '../errors.ts';
import { visibleInboxIds } from '../inboxes/access.ts';

/**
 * Ids of the contact's 20 conversations with the newest activity that the caller may see.
 * @throws not_found for a contact of another account
 */
export async function listIdsOfContact(app: App, caller: AgentCaller, contact_id: number): Promise<number[]> {
  if (!(await findContact(app.db, caller.account.id, contact_id))) throw notFound();
  const inboxes = await visibleInboxIds(app, caller);
  let query = app.db.q.selectFrom('conversations').select('id').where('contact_id', '=', contact_id);
  if (inboxes !== 'all') query = query.where('inbox_id', 'in', [...inboxes, 0]);
  const rows = await app.db.all(query.orderBy('last_activity_at', 'desc').orderBy('id', 'desc').limit(20));
  return rows.map(({ id }) => id);
}
