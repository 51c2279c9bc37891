/** Unassigns the conversations of an agent who leaves an account or an inbox (application-api.md section 7). */
import type { App } from '../app.ts';
import { clearAssignees } from '../conversations/record/store.ts';
import { deleteParticipantsOfAccount } from '../conversations/store-participants.ts';
import type { Tx } from '../db/db.ts';
import { isAnyOf } from '../db/dialect.ts';
import type { DomainEvent } from '../events/domain-events.ts';
import { on } from '../events/listeners.ts';
import { lockConversations } from '../messages/loaded-conversation.ts';
import { setAssignee } from './assign.ts';

type Leave = DomainEvent<'agent_removed' | 'inbox_members_removed'>;

export const unassignLeavers = (app: App) =>
  on(['agent_removed', 'inbox_members_removed'], (tx, event) => unassign(app, tx, event));

/** Resolved conversations are unassigned without activity line and event: no agent has them in a list of open ones. */
async function unassign(app: App, tx: Tx, leave: Leave): Promise<void> {
  const { account_id, inbox_id } = leave;
  const user_ids = leave.event === 'agent_removed' ? [leave.detail.user_id] : leave.detail.user_ids;
  const own = tx.q
    .selectFrom('conversations')
    .select('id')
    .where('account_id', '=', account_id)
    .where(isAnyOf(tx, 'assignee_id', user_ids))
    .where('status', '<>', 'resolved')
    .orderBy('id');
  const rows = await tx.all(inbox_id === undefined ? own : own.where('inbox_id', '=', inbox_id));
  const loadedById = await lockConversations(
    tx,
    rows.map(({ id }) => id),
  );
  for (const loaded of loadedById.values())
    await setAssignee(app, tx, loaded, { assignee_id: null, by: { name: 'System' } });
  await clearAssignees(tx, { account_id, inbox_id, user_ids });
  if (inbox_id === undefined) await deleteParticipantsOfAccount(tx, { account_id, user_ids });
}
