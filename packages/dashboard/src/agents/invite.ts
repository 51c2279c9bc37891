/** Invites an agent and adds them to inboxes. */
import type { Agent } from '@hoory/client';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { useErrorToast } from '../ui/failure.ts';
import { showToast } from '../ui/toast.tsx';
import { useAgentWords } from './words.ts';

/** The new agent and the inboxes to join. */
export interface Invitation {
  name: string;
  email: string;
  role: Agent['role'];
  inbox_ids: readonly number[];
}

/**
 * Returns a function that invites. It throws when the invitation fails. A failed membership only shows a toast: the agent
 * exists by then, and the inbox can be set later. @throws HooryError
 */
export function useInvite(): (invitation: Invitation) => Promise<void> {
  const t = useAgentWords();
  const showError = useErrorToast();
  return async ({ inbox_ids, ...person }) => {
    const { id, name } = await api('POST /agents', person);
    try {
      for (const inbox_id of inbox_ids) await api('POST /inbox_members', { inbox_id, user_ids: [id] });
      showToast({ title: t('invited', { name }) });
    } catch (error) {
      showError(t('membershipFailed', { name }), error);
    }
    void invalidate('GET /agents', 'GET /inbox_members/{inbox_id}');
  };
}
