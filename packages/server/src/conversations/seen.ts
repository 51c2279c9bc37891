/** Which conversations an agent may see: of inboxes it belongs to; administrators and bots all (application-api.md 3). */
import type { App } from '../app.ts';
import type { AccountCaller } from '../caller.ts';
import type { ConversationRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { requireVisible } from '../inboxes/access.ts';
import { findConversation } from './store.ts';

/** @throws not_found for an unknown display id, not_authorized 401 outside the caller's inboxes */
export async function getSeenConversation(
  app: App,
  caller: AccountCaller,
  display_id: number,
): Promise<ConversationRow> {
  const conversation = await findConversation(app.db, caller.account.id, display_id);
  if (!conversation) throw notFound();
  await requireVisible(app.db, caller, conversation.inbox_id);
  return conversation;
}
