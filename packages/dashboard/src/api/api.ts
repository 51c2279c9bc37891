/** Calls of the agent API inside the account that the desk shows, typed by the contract; and the cache of their answers. */
import {
  type AgentEndpoint,
  type AgentInput,
  type AgentOutput,
  type CallOptions,
  HooryError,
} from '@hoory/client';
import { QueryClient } from '@tanstack/react-query';
import { agent, currentSession, endSession } from '../session/session.ts';

type Account = '/api/v1/accounts/{account_id}';

/** An endpoint inside the account, without its prefix: `GET /labels`. */
export type AccountEndpoint = AgentEndpoint extends infer Name
  ? Name extends `${infer Method} ${Account}${infer Rest}`
    ? `${Method} ${Rest}`
    : never
  : never;

/** The endpoint with its prefix, as the SDK names it. */
type Full<Name extends AccountEndpoint> = Name extends `${infer Method} ${infer Rest}`
  ? Extract<AgentEndpoint, `${Method} ${Account}${Rest}`>
  : never;

/** Everything an endpoint reads. `account_id` is left out: `api` adds the account that is shown. */
export type ApiInput<Name extends AccountEndpoint> = Omit<AgentInput<Full<Name>>, 'account_id'>;
export type ApiOutput<Name extends AccountEndpoint> = AgentOutput<Full<Name>>;

/** The input may be omitted where every field of it is optional. */
type Arguments<Fields> = object extends Fields
  ? [input?: Fields, options?: CallOptions]
  : [input: Fields, options?: CallOptions];

/**
 * Calls one endpoint of the account that is shown: `api('GET /conversations/{conversation_id}', { conversation_id })`.
 * TypeScript cannot follow the prefix that is put into the name, hence the two casts: the only ones on the way to the
 * server, and `AccountEndpoint` makes both true.
 * @throws HooryError
 */
export async function api<Name extends AccountEndpoint>(
  name: Name,
  ...[input, options]: Arguments<ApiInput<Name>>
): Promise<ApiOutput<Name>> {
  const account_id = currentSession()?.account_id;
  const [method, rest] = name.split(' ');
  const endpoint = `${method} /api/v1/accounts/{account_id}${rest}` as Full<Name>;
  return withSessionCheck(() => agent.call(endpoint, ...([{ ...input, account_id }, options] as never)));
}

/** Calls an endpoint outside any account: `call('GET /api/v1/profile')`. @throws HooryError */
export function call<Name extends AgentEndpoint>(
  name: Name,
  ...rest: Arguments<AgentInput<Name>>
): Promise<AgentOutput<Name>> {
  return withSessionCheck(() => agent.call(name, ...rest));
}

/**
 * Runs a request, and ends the session when the server no longer accepts the sign-in. That answer has `errors` in its
 * body; a refused permission, which has the same code, has `error` and leaves the session alone.
 */
export async function withSessionCheck<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    const body = error instanceof HooryError && error.code === 'unauthorized' ? error.body : undefined;
    if (typeof body === 'object' && body !== null && 'errors' in body) endSession();
    throw error;
  }
}

/**
 * The cache of answers that `live/` does not keep. Keys begin with the endpoint, `['GET /labels', ...]`, so that one
 * endpoint is invalidated whatever its input was. Events invalidate most of it, which is why focus does not.
 */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => error instanceof HooryError && error.temporary && failures < 3,
    },
  },
});
