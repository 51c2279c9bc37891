/** Agents, teams, inboxes and labels of the account, as the conversations name them. */
import type { Agent, Inbox, Team } from '@hoory/client';
import type { ApiOutput } from '../api/api.ts';
import { useApi } from '../api/queries.ts';

type Label = ApiOutput<'GET /labels'>['payload'][number];

const none: never[] = [];

export const useAgents = (): readonly Agent[] => useApi('GET /agents', {}).data ?? none;

export const useTeams = (): readonly Team[] => useApi('GET /teams', {}).data ?? none;

export const useInboxes = (): readonly Inbox[] => useApi('GET /inboxes', {}).data?.payload ?? none;

export const useLabels = (): readonly Label[] => useApi('GET /labels', {}).data?.payload ?? none;
