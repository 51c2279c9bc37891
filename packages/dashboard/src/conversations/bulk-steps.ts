/** The changes of a bulk action: for each conversation what is shown, what is sent, and what restores it. */
import type { ConversationStatus } from '@hoory/client';
import { type ApiInput, api } from '../api/api.ts';
import type { Assignee, Conversation } from '../live/conversation.ts';
import type { ConversationChange } from '../live/optimistic.ts';

/** The change as the endpoint takes it, without the ids. */
export type BulkFields = Omit<ApiInput<'POST /bulk_actions'>, 'type' | 'ids'>;

/**
 * A change of one conversation. Steps with equal `fields` are sent in one request; `sendAlone` replaces that for a change
 * that the endpoint cannot do.
 */
export interface BulkStep {
  change: ConversationChange;
  fields: BulkFields;
  sendAlone?: () => Promise<unknown>;
}

/** A change and its reversal. `revert` gets the conversation as it was before. */
export interface BulkChange {
  apply: (conversation: Conversation) => BulkStep;
  revert: (conversation: Conversation) => BulkStep;
}

/** `until` in unix seconds; null: until the customer writes. */
export const statusChange = (status: ConversationStatus, until: number | null): BulkChange => ({
  apply: () => statusStep(status, until),
  revert: (before) =>
    statusStep(before.status, before.snoozed_until ? Date.parse(before.snoozed_until) / 1000 : null),
});

const statusStep = (status: ConversationStatus, until: number | null): BulkStep => ({
  change: { status, snoozed_until: until ? new Date(until * 1000).toISOString() : null },
  fields: { fields: { status }, ...(until && { snoozed_until: until }) },
});

/** Assigns an agent, or nobody. */
export const assigneeChange = (assignee: Assignee | undefined): BulkChange => ({
  apply: () => assigneeStep(assignee),
  revert: restoreAssignee,
});

const assigneeStep = (assignee: Assignee | undefined): BulkStep => ({
  change: { assignee },
  fields: { fields: { assignee_id: assignee?.id ?? 0 } },
});

/** The bulk endpoint assigns only agents, so a conversation of a bot is given back by a request of its own. */
const restoreAssignee = ({ id, assignee }: Conversation): BulkStep => ({
  ...assigneeStep(assignee),
  ...(assignee?.isBot && {
    sendAlone: () =>
      api('POST /conversations/{conversation_id}/assignments', {
        conversation_id: id,
        assignee_id: assignee.id,
        assignee_type: 'AgentBot',
      }),
  }),
});

/** Assigns a team, or none. Restores the assignee too, because the server may have assigned an agent of the new team. */
export const teamChange = (team: Conversation['team']): BulkChange => ({
  apply: () => ({ change: { team }, fields: { fields: { team_id: team?.id ?? 0 } } }),
  revert: ({ team: before, assignee }) => ({
    change: { team: before, assignee },
    fields: {
      fields: { team_id: before?.id ?? 0, ...(!assignee?.isBot && { assignee_id: assignee?.id ?? 0 }) },
    },
  }),
});

/** Adds a label. Only for conversations without it: otherwise Undo would remove a label that was there before. */
export const labelAddition = (label: string): BulkChange => ({
  apply: ({ labels }) => labelStep([...labels, label], { add: [label] }),
  revert: ({ labels }) => labelStep(labels, { remove: [label] }),
});

/** Removes a label. Only for conversations that have it. */
export const labelRemoval = (label: string): BulkChange => ({
  apply: ({ labels }) => {
    const rest = labels.filter((other) => other !== label);
    return labelStep(rest, { remove: [label] });
  },
  revert: ({ labels }) => labelStep(labels, { add: [label] }),
});

const labelStep = (labels: readonly string[], change: { add?: string[]; remove?: string[] }): BulkStep => ({
  change: { labels },
  fields: { labels: change },
});
