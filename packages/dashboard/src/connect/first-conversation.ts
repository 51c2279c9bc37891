/** The first conversation of an inbox that has a message; polled until there is one. */
import type { AgentConversation } from '@hoory/client';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import { useSession } from '../session/session.ts';

/** Time between two requests. */
const POLL_MS = 1_500;

/** The newest conversation of the inbox with a message, or undefined. Polling stops at the first one. */
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
