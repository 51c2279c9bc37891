/** What one change of many conversations is for each of them: shown at once, sent to the server, and taken back. */
import type { ConversationStatus } from '@hoory/client';
import { type ApiInput, api } from '../api/api.ts';
import type { Assignee, Conversation } from '../live/conversation.ts';
import type { ConversationChange } from '../live/optimistic.ts';

export type BulkFields = Omit<ApiInput<'POST /bulk_actions'>, 'type' | 'ids'>;

/** What is shown of a conversation, and what the server is asked so that it becomes that: with many, or alone. */
export interface Step {
  change: ConversationChange;
  fields: BulkFields;
  alone?: () => Promise<unknown>;
}

/** The change, and what gives a conversation back what it had before. */
export interface BulkChange {
  forward: (conversation: Conversation) => Step;
  back: (conversation: Conversation) => Step;
}

/** `until` in unix seconds; null: until the customer writes. */
export const statusChange = (status: ConversationStatus, until: number | null): BulkChange => ({
  forward: () => statusStep(status, until),
  back: (before) =>
    statusStep(before.status, before.snoozed_until ? Date.parse(before.snoozed_until) / 1000 : null),
});

const statusStep = (status: ConversationStatus, until: number | null): Step => ({
  change: { status, snoozed_until: until ? new Date(until * 1000).toISOString() : null },
  fields: { fields: { status }, ...(until && { snoozed_until: until }) },
});

export const assigneeChange = (assignee: Assignee | undefined): BulkChange => ({
  forward: () => assigneeStep(assignee),
  back: backToAssignee,
});

const assigneeStep = (assignee: Assignee | undefined): Step => ({
  change: { assignee },
  fields: { fields: { assignee_id: assignee?.id ?? 0 } },
});

/** A bulk action assigns agents only: each conversation of a bot is given back alone. */
const backToAssignee = ({ id, assignee }: Conversation): Step => ({
  ...assigneeStep(assignee),
  ...(assignee?.isBot && {
    alone: () =>
      api('POST /conversations/{conversation_id}/assignments', {
        conversation_id: id,
        assignee_id: assignee.id,
        assignee_type: 'AgentBot',
      }),
  }),
});

export const teamChange = (team: Conversation['team']): BulkChange => ({
  forward: () => ({ change: { team }, fields: { fields: { team_id: team?.id ?? 0 } } }),
  // The team may have assigned the conversation to somebody else.
  back: ({ team: before, assignee }) => ({
    change: { team: before, assignee },
    fields: {
      fields: { team_id: before?.id ?? 0, ...(!assignee?.isBot && { assignee_id: assignee?.id ?? 0 }) },
    },
  }),
});

/** For conversations without the label. */
export const labelAddition = (label: string): BulkChange => ({
  forward: ({ labels }) => labelStep([...labels, label], { add: [label] }),
  back: ({ labels }) => labelStep(labels, { remove: [label] }),
});

/** For conversations with the label. */
export const labelRemoval = (label: string): BulkChange => ({
  forward: ({ labels }) => {
    const rest = labels.filter((other) => other !== label);
    return labelStep(rest, { remove: [label] });
  },
  back: ({ labels }) => labelStep(labels, { add: [label] }),
});

const labelStep = (labels: readonly string[], change: { add?: string[]; remove?: string[] }): Step => ({
  change: { labels },
  fields: { labels: change },
});
