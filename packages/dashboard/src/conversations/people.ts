/** Agents, teams, inboxes and labels of the account, from the query cache. */
import type { Agent, Inbox, Team } from '@hoory/client';
import type { ApiOutput } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import type { Assignee } from '../live/conversation.ts';
import { useSession } from '../session/session.ts';

type Label = ApiOutput<'GET /labels'>['payload'][number];

/** One array, so that the result is equal between renders while nothing is loaded. */
const none: never[] = [];

/** The signed-in agent in the shape of an assignee. */
export function useMe(): Assignee {
  const { user } = useSession();
  return { id: user.id, name: user.available_name, thumbnail: user.avatar_url, isBot: false };
}

/** The agents of the account, for menus and mentions. */
export const useAgents = (): readonly Agent[] => useApi('GET /agents', {}).data ?? none;

/** The teams of the account. */
export const useTeams = (): readonly Team[] => useApi('GET /teams', {}).data ?? none;

/** The inboxes that the agent may see. */
export const useInboxes = (): readonly Inbox[] => useApi('GET /inboxes', {}).data?.payload ?? none;

/** The labels of the account, with their colours. */
export const useLabels = (): readonly Label[] => useApi('GET /labels', {}).data?.payload ?? none;
