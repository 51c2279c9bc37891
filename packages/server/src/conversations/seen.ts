/** Which conversations an agent may see: of its inboxes and teams; administrators and bots all (application-api.md 3). */
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { Sql } from '../db/db.ts';
import type { ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { requireVisible } from '../inboxes/access.ts';
import { teamMembers } from '../teams/store.ts';
import { findConversation } from './store.ts';

/** @throws not_found for an unknown display id, not_authorized 401 outside the caller's inboxes and teams */
export async function getSeenConversation(
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

async function isOfOwnTeam(db: Sql, caller: AccountCaller, { team_id }: ConversationRow): Promise<boolean> {
  if (team_id === null || caller.kind === 'bot') return false;
  return (await teamMembers(db, team_id)).includes(caller.user.id);
}
