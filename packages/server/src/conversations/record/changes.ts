/** What listeners are told of conversations: who changed what (webhooks.md section 4.6). */
import type { ConversationRow } from '../../db/tables.ts';
import type { Fact } from '../../events/listeners.ts';
import { toIsoOrNull } from '../../time.ts';

/** Who changes something. */
export interface Actor {
  /** For the activity line. */
  name: string;
  /** Absent for customers and for the server itself. */
  user_id?: number;
}

/** Columns as `[before, after]`. */
export type ChangedAttributes = Record<string, [before: unknown, after: unknown]>;

/** A fact about a conversation; `by` is who caused it. */
export const conversationFact = (
  event: string,
  { id, account_id, inbox_id }: Pick<ConversationRow, 'id' | 'account_id' | 'inbox_id'>,
  detail: Record<string, unknown> & { by?: Actor; changed_attributes?: ChangedAttributes },
): Fact => ({ event, account_id, inbox_id, conversation_id: id, detail });

const told = ['status', 'snoozed_until', 'waiting_since', 'first_reply_created_at', 'updated_at'] as const;

/** What differs between two states in status and the times that go with it. */
export function statusAttributes(before: ConversationRow, after: ConversationRow): ChangedAttributes {
  const shown = (row: ConversationRow, column: (typeof told)[number]) =>
    column === 'status' ? row.status : toIsoOrNull(row[column]);
  return Object.fromEntries(
    told
      .filter((column) => before[column] !== after[column])
      .map((column) => [column, [shown(before, column), shown(after, column)]]),
  );
}
