/** The labels of a contact, which stay with the customer, unlike those of a conversation. */
import { useState } from 'react';
import { api, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { useErrorToast } from '../ui/failure.ts';

/**
 * The labels, already changed while a request is under way, and a function that replaces them. A refused change falls back
 * to what the server has.
 */
export function useContactLabels(
  id: number,
  failed: string,
): [readonly string[] | undefined, (labels: readonly string[]) => void] {
  const showError = useErrorToast();
  const { account_id } = useSession();
  const { data } = useApi('GET /contacts/{id}/labels', { id });
  const [pending, setPending] = useState<readonly string[]>();
  const write = async (labels: readonly string[]) => {
    setPending(labels);
    try {
      const answer = await api('POST /contacts/{id}/labels', { id, labels: [...labels] });
      queries.setQueryData(['GET /contacts/{id}/labels', account_id, { id }], answer);
    } catch (error) {
      showError(failed, error);
    }
    // A later change, whose request is still under way, stays on the screen.
    setPending((now) => (now === labels ? undefined : now));
  };
  return [pending ?? data?.payload, (labels) => void write(labels)];
}
