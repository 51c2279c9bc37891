/** What the jobs of a batch must not change at the same time (`db/waves.ts`). */
import type { Scope } from '../../db/db.ts';
import type { ConversationRow } from '../../db/tables.ts';

/** Of a job that changes one contact, its sessions, or what is found by it. */
export const contactScope = (contact_id: number): Scope => [`contact:${contact_id}`];

/**
 * Of a job that changes one conversation, and may change its contact. The contact may have been merged into another one meanwhile; the
 * conversation keeps its id.
 */
export const conversationScope = ({ id, contact_id }: Pick<ConversationRow, 'id' | 'contact_id'>): Scope => [
  `conversation:${id}`,
  ...contactScope(contact_id),
];
