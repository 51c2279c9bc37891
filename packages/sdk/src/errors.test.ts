import { describe, expect, it } from 'vitest';
import { toError } from './errors.ts';

const headers = (values: Record<string, string> = {}) => ({ get: (name: string) => values[name] ?? null });
const error = (status: number, text: string, values = {}) =>
  toError({ status, headers: headers(values) }, text);

describe('an answer that refuses', () => {
  it('has the code of its status and the text of its body', () => {
    expect(error(404, '{"status":404,"error":"Not Found"}')).toMatchObject({
      code: 'not_found',
      message: 'Not Found',
    });
    expect(error(401, '{"errors":["Invalid login"]}')).toMatchObject({
      code: 'unauthorized',
      message: 'Invalid login',
    });
    expect(error(422, '{"error":"Too old"}')).toMatchObject({ code: 'unprocessable', message: 'Too old' });
    expect(error(422, '{"message":"Email invalid","attributes":["email"]}')).toMatchObject({
      code: 'invalid',
      message: 'Email invalid',
      body: { attributes: ['email'] },
    });
  });

  it('has a text of its own when the body is empty or no JSON', () => {
    expect(error(429, 'Retry later\n', { 'retry-after': '7' })).toMatchObject({
      code: 'too_many_requests',
      body: 'Retry later\n',
      retryAfter: 7,
    });
    expect(error(502, '')).toMatchObject({
      code: 'internal',
      message: 'The server answered 502',
      body: undefined,
    });
    expect(error(418, 'null')).toMatchObject({ code: 'bad_request' });
  });

  it('is temporary when a retry may succeed', () => {
    for (const status of [408, 425, 429, 500, 502, 503]) expect(error(status, '').temporary).toBe(true);
    for (const status of [400, 401, 403, 404, 413, 422]) expect(error(status, '').temporary).toBe(false);
  });
});
