/** An endpoint of the contract with its input, as the request that a client sends, and readers of its answer. */
import { cut, type Endpoint, type Method, own } from '@hoory/contract';
import { isObject } from '../../json-text.ts';

export interface Call {
  method: Method;
  /** The path with its query. */
  path: string;
  headers: Record<string, string>;
  /** JSON text; absent where nothing is sent. */
  body?: string;
}

/** Path parameters are taken out of the input; what the endpoint knows as query goes there, the rest is the JSON body. */
export function toCall(endpoint: Endpoint, input: object, token: string | undefined): Call {
  const rest = new Map<string, unknown>(Object.entries(input));
  const take = (name: string): unknown => {
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(`${take(name)}`),
  );
  const query = new URLSearchParams();
  for (const name of Object.keys(endpoint.query?.properties ?? {})) appendQuery(query, name, take(name));
  const headers: Record<string, string> = token === undefined ? {} : { api_access_token: token };
  const call: Call = { method: endpoint.method, path: query.size ? `${path}?${query}` : path, headers };
  if (endpoint.method === 'GET' || !rest.size) return call;
  return {
    ...call,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(rest)),
  };
}

function appendQuery(query: URLSearchParams, name: string, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) query.append(`${name}[]`, `${item}`);
  else if (value !== undefined) query.append(name, `${value}`);
}

/** The value in an answer at these keys and positions, outermost first; undefined where there is none. */
export const find = (answer: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>((value, key) => {
    if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined;
    return isObject(value) ? own(value, key) : undefined;
  }, answer);

/** @throws Error when there is no number at that place */
export function numberAt(answer: unknown, ...keys: readonly (string | number)[]): number {
  const value = find(answer, ...keys);
  if (typeof value === 'number') return value;
  throw new Error(`no number at ${keys.join('.')} of ${start(answer)}`);
}

/** @throws Error when there is no text at that place */
export function textAt(answer: unknown, ...keys: readonly (string | number)[]): string {
  const value = find(answer, ...keys);
  if (typeof value === 'string') return value;
  throw new Error(`no text at ${keys.join('.')} of ${start(answer)}`);
}

const start = (answer: unknown): string => cut(JSON.stringify(answer) ?? '', 300);

/** The cursor of the next page; undefined, which asks for the first page, where there is no next one. */
export function cursorAt(answer: unknown, ...keys: readonly (string | number)[]): string | undefined {
  const cursor = find(answer, ...keys);
  return typeof cursor === 'string' ? cursor : undefined;
}
