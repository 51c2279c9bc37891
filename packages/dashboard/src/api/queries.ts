/** Reads of an endpoint in a component, through the cache of `queries`. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { type AccountEndpoint, type ApiInput, type ApiOutput, api, queries } from './api.ts';

interface Options<Output> {
  /** False: no request until it becomes true. */
  enabled?: boolean;
  /** Polls: after so many milliseconds the endpoint is read again; `false` stops. */
  refetchAfterMs?: (output: Output | undefined) => number | false;
}

/**
 * Reads a `GET` endpoint and caches the answer: `useApi('GET /labels', {})`. The account is part of the key, because ids
 * mean something else in another account. A component that unmounts aborts its request.
 */
export function useApi<Name extends AccountEndpoint & `GET ${string}`>(
  name: Name,
  input: ApiInput<Name>,
  { enabled, refetchAfterMs }: Options<ApiOutput<Name>> = {},
): UseQueryResult<ApiOutput<Name>> {
  const { account_id } = useSession();
  return useQuery<ApiOutput<Name>>({
    queryKey: [name, account_id, input],
    queryFn: ({ signal }) => api(name, input, { signal }),
    ...(enabled !== undefined && { enabled }),
    ...(refetchAfterMs && { refetchInterval: ({ state }) => refetchAfterMs(state.data) }),
  });
}

/** Marks the answers of these endpoints as stale, whatever their input was. Those on the screen are read again at once. */
export function invalidate(...names: (AccountEndpoint & `GET ${string}`)[]): Promise<unknown> {
  return Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
}
