/** Calls of the agent API inside the account that the desk shows, typed from the contract; and the cache of what was read. */
import {
  type AgentEndpoint,
  type AgentInput,
  type AgentOutput,
  type CallOptions,
  HooryError,
} from '@hoory/client';
import { QueryClient } from '@tanstack/react-query';
import { agent, currentSession, end } from '../session/session.ts';

type Account = '/api/v1/accounts/{account_id}';

/** An endpoint inside the account, without its prefix: `GET /labels`. */
export type AccountEndpoint = AgentEndpoint extends infer Name
  ? Name extends `${infer Method} ${Account}${infer Rest}`
    ? `${Method} ${Rest}`
    : never
  : never;

type Full<Name extends AccountEndpoint> = Name extends `${infer Method} ${infer Rest}`
  ? Extract<AgentEndpoint, `${Method} ${Account}${Rest}`>
  : never;

export type ApiInput<Name extends AccountEndpoint> = Omit<AgentInput<Full<Name>>, 'account_id'>;
export type ApiOutput<Name extends AccountEndpoint> = AgentOutput<Full<Name>>;

type Arguments<Fields> = object extends Fields
  ? [input?: Fields, options?: CallOptions]
  : [input: Fields, options?: CallOptions];

/** Calls one endpoint of the account: `api('GET /conversations/{conversation_id}', { conversation_id })`. @throws HooryError */
export async function api<Name extends AccountEndpoint>(
  name: Name,
  ...[input, options]: Arguments<ApiInput<Name>>
): Promise<ApiOutput<Name>> {
  const account_id = currentSession()?.account_id;
  const [method, rest] = name.split(' ');
  const endpoint = `${method} /api/v1/accounts/{account_id}${rest}` as AgentEndpoint;
  return signedIn(() => agent.call(endpoint, { ...input, account_id } as never, options) as Promise<never>);
}

/** Calls an endpoint outside any account: `call('GET /api/v1/profile')`. @throws HooryError */
export function call<Name extends AgentEndpoint>(
  name: Name,
  ...[input, options]: Arguments<AgentInput<Name>>
): Promise<AgentOutput<Name>> {
  return signedIn(() => agent.call(name, ...([input, options] as never)));
}

/** A sign-in that the server no longer knows ends the session; being forbidden something does not (`error`, not `errors`). */
export async function signedIn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const body = error instanceof HooryError && error.code === 'unauthorized' ? error.body : undefined;
    if (typeof body === 'object' && body !== null && 'errors' in body) end();
    throw error;
  }
}

/** What was read and is not kept by events (`live/`). Keys begin with the endpoint: `['GET /labels']`. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => error instanceof HooryError && error.temporary && failures < 3,
    },
  },
});
