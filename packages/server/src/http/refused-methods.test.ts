/** Methods that no route has, on the wire: some of them Node does not even read. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Everything that the server says to these bytes. */
function ask(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    let said = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}

const line = (method: string, url: string) =>
  `${method} ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;

it.each(['TRACE', 'PROPFIND', 'QUERY', 'WHATEVER'])(
  'answers %s with 405 and the methods of the address',
  async (method) => {
    const client = await ask(line(method, '/public/api/v1/inboxes/x/contacts/y.json?a=1'));
    expect(client).toMatch(/^HTTP\/1\.1 405 /);
    expect(client).toMatch(/\r\nallow: GET, HEAD, PUT, PATCH, OPTIONS\r\n/i);
    expect(client).toContain('{"status":405,"error":"Method Not Allowed"}');
    const agent = await ask(line(method, '/api/v1/accounts/1/teams/'));
    expect(agent).toMatch(/^HTTP\/1\.1 405 /);
    expect(agent).toMatch(/\r\nallow: GET, HEAD, POST\r\n/i);
    expect(agent).toContain(`{"error":"The method ${method} is not served here"}`);
  },
);

it.each(['TRACE', 'QUERY'])('knows no address that is not there by %s', async (method) => {
  expect(await ask(line(method, '/api/v1/nothing'))).toMatch(/^HTTP\/1\.1 404 /);
});

it('names the methods of an address that lacks one, but not in the Client API (client-api.md section 3)', async () => {
  const answer = await fetch(`${server.url}/auth/sign_in`, { method: 'PUT' });
  const active = await ask(line('TRACE', '/api/v1/accounts/1/contacts/active'));
  expect(active).toMatch(/\r\nallow: GET, HEAD\r\n/i);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  expect((await fetch(`${server.url}/public/api/v1/inboxes/x/contacts`, { method: 'DELETE' })).status).toBe(
    404,
  );
});

it.each<{ headers: Record<string, string>; body: string }>([
  { headers: { 'content-type': 'image/png' }, body: 'picture' },
  { headers: { 'content-type': 'application/json' }, body: '{' },
  { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: 'not gzip' },
  { headers: { 'content-type': 'application/json' }, body: 'a'.repeat(3_000_000) },
])('names a missing address or method before it reads the body of $headers', async (sent) => {
  const refused = await fetch(`${server.url}/auth/sign_in`, { method: 'PUT', ...sent });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  const unknown = await fetch(`${server.url}/public/api/v1/nothing`, {
    method: 'POST',
    ...sent,
    headers: { ...sent.headers, origin: 'https://shop.test' },
  });
  expect([unknown.status, unknown.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
});

it('reads a query of 40 kB, and refuses longer headers as the document says', async () => {
  expect((await fetch(`${server.url}/api?a=${'a'.repeat(40_000)}`)).status).toBe(200);
  const answer = await fetch(`${server.url}/api?a=${'a'.repeat(70_000)}`);
  expect([answer.status, await answer.json()]).toEqual([
    431,
    { error: 'The address and the headers are too long' },
  ]);
});

it.each(['nothing\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'QUERY\r\n\r\n'])(
  'answers %j with 400',
  async (text) => {
    expect(await ask(text)).toMatch(/^HTTP\/1\.1 400 /);
  },
);
