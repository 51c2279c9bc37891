/** Agents, teams, inboxes and labels of the account, as the conversations name them. */
import type { Agent, Inbox, Team } from '@hoory/client';
import type { ApiOutput } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import type { Assignee } from '../live/conversation.ts';
import { useSession } from '../session/session.ts';

type Label = ApiOutput<'GET /labels'>['payload'][number];

const none: never[] = [];

/** The signed-in agent as somebody who is assigned. */
export function useMe(): Assignee {
  const { user } = useSession();
  return { id: user.id, name: user.available_name, thumbnail: user.avatar_url, isBot: false };
}

/** The agents of the account, for menus and mentions. */
export const useAgents = (): readonly Agent[] => useApi('GET /agents', {}).data ?? none;

export const useTeams = (): readonly Team[] => useApi('GET /teams', {}).data ?? none;

export const useInboxes = (): readonly Inbox[] => useApi('GET /inboxes', {}).data?.payload ?? none;

export const useLabels = (): readonly Label[] => useApi('GET /labels', {}).data?.payload ?? none;
