/** `changed_attributes` of a changed status (webhooks.md section 4.6). */
import type { ConversationRow } from '../../db/tables.ts';
import type { ChangedAttributes } from '../../events/domain-events.ts';
import { toIsoOrNull } from '../../time.ts';

const statusColumns = [
  'status',
  'snoozed_until',
  'waiting_since',
  'first_reply_created_at',
  'updated_at',
] as const;

/** The status and its times, where they differ, each as `[before, after]`; times as ISO 8601. */
export function statusAttributes(before: ConversationRow, after: ConversationRow): ChangedAttributes {
  const toValue = (row: ConversationRow, column: (typeof statusColumns)[number]) =>
    column === 'status' ? row.status : toIsoOrNull(row[column]);
  return Object.fromEntries(
    statusColumns
      .filter((column) => before[column] !== after[column])
      .map((column) => [column, [toValue(before, column), toValue(after, column)]]),
  );
}
