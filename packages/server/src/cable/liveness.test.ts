/** Sockets whose client is gone without a word (`connection.ts`), over real connections, at the pace of the test. */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Connection, type ConnectionListener } from './connection.ts';

/** As many as a quarter of an hour has, which is when TCP itself would notice. */
const manyIntervals = 300;
/** What `cable.ts` calls every 3 s: within 45 s a dead socket is closed, before the expiry of anybody's presence. */
const intervalsUntilClosed = 15;

const http = createServer();
const acceptor = new WebSocketServer({ noServer: true });
const opened: { connection: Connection<never>; socket: Socket }[] = [];
const left = new Set<Connection<never>>();
const listener: ConnectionListener<never> = {
  run: async () => {},
  fail: () => {},
  leave: (connection) => left.add(connection),
};
let port = 0;

beforeAll(async () => {
  http.on('upgrade', (request, socket, head) =>
    acceptor.handleUpgrade(request, socket, head, (ws) => {
      const connection = new Connection<never>(ws, socket as Socket, { sid: 'sid', listener });
      opened.push({ connection, socket: socket as Socket });
    }),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
});
afterAll(() => {
  for (const { connection } of opened) connection.terminate();
  http.close();
});

const newest = () => opened.at(-1) as (typeof opened)[number];

test('a client that answers pings by itself and says nothing else keeps its socket', async () => {
  const ws = new WebSocket(`ws://127.0.0.1:${port}`);
  await new Promise((resolve) => ws.on('open', resolve));
  const { connection, socket } = newest();
  let pings = 0;
  ws.on('ping', () => pings++);
  for (let interval = 0; interval < manyIntervals; interval++) {
    const [asked, heard] = [pings, socket.bytesRead];
    connection.onInterval();
    // A text follows a ping: when the text has come, so has the ping.
    const told = new Promise((resolve) => ws.once('message', resolve));
    connection.send({ type: 'pong' });
    await told;
    if (pings > asked) await expect.poll(() => socket.bytesRead).toBeGreaterThan(heard);
  }
  expect(pings).toBeGreaterThan(manyIntervals / 10);
  expect(connection.isOpen).toBe(true);
  ws.close();
});

test('a socket whose client answers nothing is closed, and its person begins to be gone', async () => {
  const socket = connect(port, '127.0.0.1');
  const upgraded = new Promise((resolve) => socket.once('data', resolve));
  socket.write(
    'GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n',
  );
  await upgraded;
  const { connection } = newest();
  const closed = new Promise((resolve) => socket.on('close', resolve));
  connection.onInterval();
  for (let interval = 1; interval < intervalsUntilClosed; interval++) connection.onInterval();
  expect(connection.isOpen).toBe(true);
  connection.onInterval();
  await closed;
  expect(left.has(connection)).toBe(true);
});
