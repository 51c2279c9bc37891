/** The agent API for dashboards and bots: typed by method and path, with no table of its own. */
import type { agentApi, Endpoint, Input, Output } from '@hoory/contract';
import type { SubscribeOptions } from './cable/subscription.ts';
import { type CallOptions, call } from './call.ts';
import { createHttp, type Http } from './http.ts';
import type { Fetch } from './platform.ts';
import type { AgentEvents } from './wire.ts';

type Endpoints = (typeof agentApi)[keyof typeof agentApi];

/** `GET`, `POST`, `PATCH` or `DELETE`. */
export type AgentMethod = Endpoints['method'];

/** Paths of the agent API that know the method. */
export type AgentPath<Method extends AgentMethod> = Extract<Endpoints, { method: Method }>['path'];

type At<Method extends AgentMethod, Path> = Extract<Endpoints, { method: Method; path: Path }> & Endpoint;

/** Everything the endpoint reads: path, query and body in one object. */
export type AgentInput<Method extends AgentMethod, Path extends AgentPath<Method>> = Input<At<Method, Path>>;

export type AgentOutput<Method extends AgentMethod, Path extends AgentPath<Method>> = Output<
  At<Method, Path>
>;

export interface AgentClientOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  /** A user's or a bot's access token. */
  accessToken?: string;
  /** Instead of a token: the headers of a sign-in (`access-token`, `client`, `uid`), asked for at each request. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  fetch?: Fetch;
}

export interface AgentClient {
  /** Calls one endpoint, by method and path as the documentation writes it. Throws `HooryError`. */
  call<Method extends AgentMethod, Path extends AgentPath<Method>>(
    method: Method,
    path: Path,
    ...rest: object extends AgentInput<Method, Path>
      ? [input?: AgentInput<Method, Path>, options?: CallOptions]
      : [input: AgentInput<Method, Path>, options?: CallOptions]
  ): Promise<AgentOutput<Method, Path>>;
}

export function createAgentClient({ base, accessToken, headers, fetch }: AgentClientOptions): AgentClient {
  const http: Http = createHttp({
    base,
    fetch,
    headers: headers ?? (() => (accessToken ? { api_access_token: accessToken } : {})),
  });
  return {
    call: (method, path, ...[input, options]) =>
      call(http, [method, path], input as object, options) as never,
  };
}

/** What a `Cable` needs to subscribe to everything the agent may see in an account. */
export async function agentRoom(
  agent: AgentClient,
  account_id: number,
): Promise<SubscribeOptions<AgentEvents>> {
  const params = async () => {
    const { pubsub_token, id } = await agent.call('GET', '/api/v1/profile');
    return { channel: 'RoomChannel', pubsub_token, account_id, user_id: id };
  };
  return {
    params: await params(),
    presence: 20,
    feed: (query, options) =>
      agent.call('GET', '/api/v1/accounts/{account_id}/events', { ...query, account_id }, options),
    heal: params,
  };
}
