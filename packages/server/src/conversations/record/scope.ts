/** Scopes of jobs: jobs of a batch with a common scope run one after another (`db/waves.ts`). */
import type { Scope } from '../../db/db.ts';
import type { ConversationRow } from '../../db/tables.ts';

/** The scope of a job that changes one contact, its sessions, or rows that are found by it. */
export const contactScope = (contact_id: number): Scope => [`contact:${contact_id}`];

/**
 * The scope of a job that changes one conversation, and may change its contact. The contact may have been merged into another one
 * meanwhile; the conversation keeps its id.
 */
export const conversationScope = ({ id, contact_id }: Pick<ConversationRow, 'id' | 'contact_id'>): Scope => [
  `conversation:${id}`,
  ...contactScope(contact_id),
];
