/** The agent API for dashboards and bots: typed by method and path, with no table of its own. */
import type { SubscribeOptions } from './cable/subscription.ts';
import { type CallOptions, call } from './call.ts';
import { createHttp, type Http } from './http.ts';
import type { Fetch } from './platform.ts';
import type { AgentEndpoints, AgentEvents, User } from './wire.ts';

/** An endpoint as the documentation writes it: `GET /api/v1/profile`. */
export type AgentEndpoint = keyof AgentEndpoints;

/** Everything the endpoint reads: path, query and body in one object. */
export type AgentInput<Name extends AgentEndpoint> = AgentEndpoints[Name]['input'];

/** The parsed body of the answer. */
export type AgentOutput<Name extends AgentEndpoint> = AgentEndpoints[Name]['output'];

type Arguments<Fields> = object extends Fields
  ? [input?: Fields, options?: CallOptions]
  : [input: Fields, options?: CallOptions];

export interface AgentClientOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  /** A user's or a bot's access token. */
  accessToken?: string;
  /** Instead of a token: returns the headers of a sign-in (`access-token`, `client`, `uid`); called for each request. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  fetch?: Fetch;
}

export interface AgentClient {
  /** Calls one endpoint. Throws `HooryError`. */
  call<Name extends AgentEndpoint>(
    endpoint: Name,
    ...rest: Arguments<AgentInput<Name>>
  ): Promise<AgentOutput<Name>>;
}

export function createAgentClient({ base, accessToken, headers, fetch }: AgentClientOptions): AgentClient {
  const token: Record<string, string> = accessToken ? { api_access_token: accessToken } : {};
  const http: Http = createHttp({ base, fetch, headers: headers ?? (() => token) });
  return {
    call: async (endpoint, ...[input, options]) => {
      const [method = '', path = ''] = endpoint.split(' ');
      return call(http, [method, path], input, options);
    },
  };
}

/** Options with which `Cable.subscribe` gets every event that the agent may see in an account. Fetches the profile for its token. */
export async function agentRoom(
  agent: AgentClient,
  account_id: number,
): Promise<SubscribeOptions<AgentEvents>> {
  return roomOf(agent, account_id, await agent.call('GET /api/v1/profile'));
}

/** Like `agentRoom`, for a user that was fetched before. */
export function roomOf(
  agent: AgentClient,
  account_id: number,
  user: Pick<User, 'id' | 'pubsub_token'>,
): SubscribeOptions<AgentEvents> {
  const toParams = ({ id, pubsub_token }: Pick<User, 'id' | 'pubsub_token'>) => {
    return { channel: 'RoomChannel', pubsub_token, account_id, user_id: id };
  };
  return {
    params: toParams(user),
    presence: 20,
    feed: (query, options) =>
      agent.call('GET /api/v1/accounts/{account_id}/events', { ...query, account_id }, options),
    renewParams: async () => toParams(await agent.call('GET /api/v1/profile')),
  };
}
