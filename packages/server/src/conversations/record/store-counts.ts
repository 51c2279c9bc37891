/** The numbers of conversations, which triggers keep. */
import type { Db } from '../../db/db.ts';
import { addUp } from '../../db/step-counts.ts';

export const addUpConversationCounts = (db: Db): Promise<void> =>
  addUp(db, {
    table: 'conversation_counts',
    keys: ['account_id', 'status', 'inbox_id', 'assignee_id', 'team_id', 'is_unattended'],
  });
