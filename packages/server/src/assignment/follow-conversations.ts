/**
 * Keeps the assignment queue as conversations change. A conversation enters the queue when it becomes open or gets a team while
 * nobody has it, in every inbox, since auto-assignment may be switched on later. It leaves the queue when it is assigned or no
 * longer open. Unassigning a conversation by hand does not queue it.
 */
import type { App } from '../app.ts';
import { type ChangedAttributes, type DomainEvent, isNamed } from '../events/domain-events.ts';
import type { Listener } from '../events/listeners.ts';
import { dequeue, dequeueFromTeam, dissolveTeamQueues, enqueue } from './store-queue.ts';

/** @param onQueued called with the account after the commit of a transaction that has queued a conversation */
export const followConversations = (app: App, onQueued: (account_id: number) => void): Listener => ({
  handle: async (tx, events) => {
    const idsOf = (fits: (event: DomainEvent) => boolean) => [
      ...new Set(events.filter(fits).flatMap(({ conversation_id }) => conversation_id ?? [])),
    ];
    await dequeue(tx, idsOf(endsWaiting));
    await dequeueFromTeam(tx, idsOf(losesTeam));
    if (await enqueue(tx, idsOf(mayWait), app.now())) {
      const account_ids = new Set(events.filter(mayWait).map(({ account_id }) => account_id));
      tx.afterCommit(() => {
        for (const id of account_ids) onQueued(id);
      });
    }
    for (const event of events)
      if (event.event === 'team_deleted')
        await dissolveTeamQueues(tx, event.account_id, event.detail.team_id);
  },
});

/** The changes of a conversation that an event reports. */
const changesOf = (event: DomainEvent): ChangedAttributes =>
  isNamed(event, ['conversation_updated', 'conversation_status_changed'])
    ? event.detail.changed_attributes
    : {};

function endsWaiting(event: DomainEvent): boolean {
  const { status, assignee_id, assignee_agent_bot_id } = changesOf(event);
  return (
    (status !== undefined && status[1] !== 'open') ||
    (assignee_id !== undefined && assignee_id[1] !== null) ||
    (assignee_agent_bot_id !== undefined && assignee_agent_bot_id[1] !== null)
  );
}

const losesTeam = (event: DomainEvent) => changesOf(event).team_id?.[1] === null;

function mayWait(event: DomainEvent): boolean {
  const { status, team_id } = changesOf(event);
  return (
    event.event === 'conversation_created' ||
    status?.[1] === 'open' ||
    (team_id !== undefined && team_id[1] !== null)
  );
}
