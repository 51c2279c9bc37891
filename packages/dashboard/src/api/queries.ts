/** Reading an endpoint of the account in a component. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { type AccountEndpoint, type ApiInput, type ApiOutput, api, queries } from './api.ts';

interface Options<Output> {
  /** With `false` it waits. */
  enabled?: boolean;
  /** Milliseconds after which it is read again; `false` ends that. */
  again?: (output: Output | undefined) => number | false;
}

/** Reads a `GET` endpoint and keeps the answer: `useApi('GET /labels', {})`. */
export function useApi<Name extends AccountEndpoint & `GET ${string}`>(
  name: Name,
  input: ApiInput<Name>,
  { enabled, again }: Options<ApiOutput<Name>> = {},
): UseQueryResult<ApiOutput<Name>> {
  const { account_id } = useSession();
  return useQuery<ApiOutput<Name>>({
    queryKey: [name, account_id, input],
    queryFn: ({ signal }) => api(name, ...([input, { signal }] as never)),
    ...(enabled !== undefined && { enabled }),
    ...(again && { refetchInterval: ({ state }) => again(state.data) }),
  });
}

/** Forgets what was read of these endpoints, whatever was asked of them; what is on the screen is read again. */
export function forget(...names: (AccountEndpoint & `GET ${string}`)[]): Promise<unknown> {
  return Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
}
