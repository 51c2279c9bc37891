/** Changes that clients, proxies and libraries make to a request before a route sees it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { toRoutedUrl } from './routed-url.ts';

let server: TestServer;
let account: TestAccount;

beforeEach(async () => {
  server = await startTestServer();
  account = await createTestAccount(server.app);
});

afterEach(() => server.stop());

describe('several slashes in a row', () => {
  it('count as one in every path', async () => {
    const { identifier } = account.inbox;
    for (const path of [
      `//public/api/v1/inboxes/${identifier}`,
      `/public//api/v1///inboxes//${identifier}//`,
      `//public/api/v1/inboxes/${identifier}.json`,
    ]) {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ identifier });
    }
  });

  it('count as one before the socket', async () => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}//cable`);
    const [data] = await once(ws, 'message');
    expect(JSON.parse(String(data))).toMatchObject({ type: 'welcome' });
    ws.close();
    await once(ws, 'close');
  });

  it('leave the query alone, and every path without them', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const url = toRoutedUrl({ url: `/x${path}?${query}//?b` });
        expect(url.slice(url.indexOf('?'))).toBe(`?${query}//?b`);
        expect(url.slice(0, url.indexOf('?'))).toBe(`/x${path}`.replace(/\/+/g, '/'));
      }),
    );
  });
});

describe('an offer of another protocol', () => {
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n';

  it('is ignored: the request is answered with its body read, and so is the next on the connection', async () => {
    const path = `/public/api/v1/inboxes/${account.inbox.identifier}/contacts`;
    const socket = connectTo(server);
    const body = JSON.stringify({ name: 'Zoë' });
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n${offer}Content-Type: application/json\r\n`;
    for (let count = 0; count < 3; count++) {
      socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`);
      // In a packet of its own, as clients send it.
      setImmediate(() => socket.write(body));
      const answer = await answerOf(socket);
      expect(answer).toContain('HTTP/1.1 200');
      expect(answer).toContain('"name":"Zoë"');
    }
    socket.destroy();
  });

  it('is ignored before /cable as well, which answers as to any request', async () => {
    const socket = connectTo(server);
    socket.write(`GET /cable HTTP/1.1\r\nHost: x\r\n${offer}\r\n`);
    const answer = await answerOf(socket);
    expect(answer).toContain('HTTP/1.1 404');
    expect(answer).toContain('Page not found');
    socket.destroy();
  });

  it('may stand beside the offer of a WebSocket', async () => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/cable`);
    await once(ws, 'message');
    ws.close();
    await once(ws, 'close');
  });
});

it('reads a command that comes in a binary frame', async () => {
  const ws = new WebSocket(`${server.url.replace('http', 'ws')}/cable`);
  const { pubsub_token } = account.agent;
  const identifier = JSON.stringify({
    channel: 'RoomChannel',
    pubsub_token,
    account_id: account.account.id,
    user_id: account.agent.id,
  });
  await once(ws, 'open');
  ws.send(Buffer.from(JSON.stringify({ command: 'subscribe', identifier })), { binary: true });
  const confirmed = new Promise((resolve) =>
    ws.on('message', (data) => {
      if (JSON.parse(String(data)).type === 'confirm_subscription') resolve(undefined);
    }),
  );
  await confirmed;
  ws.close();
  await once(ws, 'close');
});

// A container may have no IPv6 at all.
const hasIpv6 = networkInterfaces().lo?.some(({ family }) => family === 'IPv6') ?? true;

describe.skipIf(!hasIpv6)('on localhost (skipped where the loopback has no IPv6)', () => {
  it('answers over IPv4 and IPv6, and ends what runs on both when it closes', async () => {
    const port = await freePort();
    const local = await startTestServer({ settings: { HOST: 'localhost', PORT: String(port) } });
    const { inbox } = await createTestAccount(local.app);
    const path = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    for (const host of ['127.0.0.1', '[::1]'])
      expect((await fetch(`http://${host}:${port}/api`)).status).toBe(200);

    let begun = 0;
    local.http.server.on('request', () => begun++);
    const sockets = ['127.0.0.1', '::1'].map((host) => connect({ port, host }));
    const answers = sockets.map((socket) => answerOf(socket));
    for (const socket of sockets)
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"name":`,
      );
    await expect.poll(() => begun).toBe(2);
    const stopped = local.stop();
    for (const socket of sockets) socket.write('"Ana"}');
    for (const answer of await Promise.all(answers)) expect(answer).toContain('HTTP/1.1 200');
    await stopped;
    await expect(fetch(`http://[::1]:${port}/api`)).rejects.toThrow();
  });

  it('does not start where another program has the address over IPv6', async () => {
    const port = await freePort();
    const other = createServer().listen({ port, host: '::1' });
    await once(other, 'listening');
    await expect(
      startTestServer({ settings: { HOST: 'localhost', PORT: String(port) } }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
  });
});

const connectTo = ({ url }: TestServer): Socket =>
  connect({ host: '127.0.0.1', port: Number(new URL(url).port) });

/** The next answer on a connection, which has a Content-Length. */
async function answerOf(socket: Socket): Promise<string> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(bytes.toString())?.[1]);
    if (end > 0 && bytes.length >= end + 4 + length) return bytes.toString();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
