/** Calls of the server as the contract describes them: every answer is checked strictly by its schema. */
import type { Endpoint, Input, Output } from '@hoory/contract';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const ajv = new Ajv({ strict: false, allErrors: true, code: { optimize: false } });
addFormats.default(ajv);

/** An answer: typed when it succeeded, the error's body when it did not. */
export interface Answer<Body> {
  status: number;
  body: Body;
}

/** Calls with one access token. Path parameters are taken out of the input, the rest is sent as query or JSON body. */
export interface Caller {
  /** @throws Error when the answer is not a success */
  <E extends Endpoint>(endpoint: E, input: Input<E>): Promise<Output<E>>;
  /** Any input, any answer. */
  raw(endpoint: Endpoint, input: object): Promise<Answer<unknown>>;
}

export function callerOf(url: string, access_token: string): Caller {
  const raw = async (endpoint: Endpoint, input: object): Promise<Answer<unknown>> => {
    const rest = new Map(Object.entries(input));
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = rest.get(name);
      rest.delete(name);
      return encodeURIComponent(String(value));
    });
    const isRead = endpoint.method === 'GET';
    const query = isRead && rest.size ? `?${new URLSearchParams(Object.fromEntries(rest))}` : '';
    const response = await fetch(`${url}${path}${query}`, {
      method: endpoint.method,
      headers: { api_access_token: access_token, ...(!isRead && { 'content-type': 'application/json' }) },
      ...(!isRead && { body: JSON.stringify(Object.fromEntries(rest)) }),
    });
    const text = await response.text();
    const body: unknown = text ? JSON.parse(text) : undefined;
    if (response.ok && endpoint.returns && !ajv.validate(endpoint.returns, body))
      throw new Error(`${endpoint.method} ${path}: ${ajv.errorsText()} in ${text}`);
    return { status: response.status, body };
  };
  const call = async <E extends Endpoint>(endpoint: E, input: Input<E>): Promise<Output<E>> => {
    const { status, body } = await raw(endpoint, input as object);
    if (status >= 300)
      throw new Error(`${endpoint.method} ${endpoint.path}: ${status} ${JSON.stringify(body)}`);
    return body as Output<E>;
  };
  return Object.assign(call, { raw });
}
