/** The newest conversation of an inbox in which somebody wrote; asked for until there is one. */
import type { AgentConversation } from '@hoory/client';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import { useSession } from '../session/session.ts';

/** Milliseconds between two questions. */
const POLL_MS = 1_500;

export function useFirstConversation(inbox_id: number): AgentConversation | undefined {
  const { account_id } = useSession();
  const { data } = useQuery({
    queryKey: ['first conversation', account_id, inbox_id],
    queryFn: async ({ signal }) => {
      const { data } = await api('GET /conversations', { inbox_id, status: 'all' }, { signal });
      return data.payload.find(({ last_non_activity_message }) => last_non_activity_message) ?? null;
    },
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data ? false : POLL_MS),
  });
  return data ?? undefined;
}
