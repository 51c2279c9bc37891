/** Connections outlive requests that are refused, and no request is cut when the server closes. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestAccount } from '../../test/fixtures/test-account.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
let agent: Agent;
let contacts: string;
let stopped: Promise<void> | undefined;

beforeEach(async () => {
  server = await startTestServer();
  const { inbox } = await createTestAccount(server.app);
  contacts = `${server.url}/public/api/v1/inboxes/${inbox.identifier}/contacts`;
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});

afterEach(async () => {
  agent.destroy();
  await (stopped ?? server.stop());
  stopped = undefined;
});

it('answers running requests when it closes, each the last on its connection, and ends long polls at once', async () => {
  const { source_id } = await create<{ source_id: string }>(contacts);
  let begun = 0;
  server.http.server.on('request', () => begun++);
  const waiting = fetch(`${contacts}/${source_id}/events?wait=25`);
  const { posted, answer } = post(contacts, 'application/json');
  posted.write('{"name":');
  await expect.poll(() => begun).toBe(2);

  stopped = server.stop();
  expect((await waiting).status).toBe(200);
  posted.end('"Ana"}');
  const [response] = await answer;
  expect(response.statusCode).toBe(200);
  expect(response.headers.connection).toBe('close');
});

it('reads away the rest of a body that it refuses', async () => {
  const { source_id } = await create<{ source_id: string }>(contacts);
  const { id } = await create<{ id: number }>(`${contacts}/${source_id}/conversations`);
  const messages = `${contacts}/${source_id}/conversations/${id}/messages`;
  const { posted, answer } = post(messages, 'multipart/form-data; boundary=b');
  for (let count = 0; count < 16; count++) posted.write(part(`${count}.txt`, 200_000));
  posted.end('--b--\r\n');
  const [response] = await answer;
  expect(response.statusCode).toBe(422);
  response.resume();
  const next = post(messages, 'application/json');
  next.posted.end('{"content":"Hello"}');
  expect((await next.answer)[0].statusCode).toBe(200);
});

const create = async <Body>(url: string): Promise<Body> =>
  (await (await fetch(url, { method: 'POST' })).json()) as Body;

function post(url: string, type: string) {
  const posted = request(url, { method: 'POST', agent, headers: { 'content-type': type } });
  return { posted, answer: once(posted, 'response') as Promise<[IncomingMessage]> };
}

const part = (name: string, size: number): string =>
  `--b\r\ncontent-disposition: form-data; name="attachments[]"; filename="${name}"\r\n\r\n${'x'.repeat(size)}\r\n`;
