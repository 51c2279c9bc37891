/** Upgrades an HTTP request to a socket of `/cable` (cable.md A.1): checks the address, opens the WebSocket, reads the query. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import { offersWebSocket, serveWithoutUpgrade } from '../http/ignored-upgrade.ts';
import { withSingleSlashes } from '../http/routed-url.ts';
import { Admission } from './admission.ts';
import { type PingOptions, readPingOptions } from './pings.ts';
import { chooseProtocol } from './protocol.ts';

/** Most bytes of a client's frame; a longer one closes the socket (cable.md D.7). */
const maxFrameBytes = 64 * 1024;

/** Options that a client of the extended protocol sends when it connects. */
export interface ConnectOptions {
  /** The session to resume; empty for none. */
  restoreSid: string;
  /** Undefined for the default pings. */
  pings: PingOptions | undefined;
}

interface UpgradeListener {
  isClosing(): boolean;
  connect(ws: WebSocket, socket: Socket, options: ConnectOptions): void;
}

/** Calls `connect` for every WebSocket that a client opens at `/cable`. Other requests for an upgrade are refused. */
export function acceptSockets(http: FastifyInstance, { isClosing, connect }: UpgradeListener): void {
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    handleProtocols: (offered) => chooseProtocol(offered) ?? false,
  });

  http.all('/cable', (_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('Page not found'),
  );
  const admission = openAdmission(http, isClosing);
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!offersWebSocket(request)) {
      serveWithoutUpgrade(http.server, { request, socket, head });
      return;
    }
    socket.on('error', destroy);
    const [path = '', query] = withSingleSlashes(request.url ?? '').split('?', 2);
    if (!/^\/cable\/?$/.test(path)) return refuse(socket, 404, 'Page not found');
    const admit = () => {
      if (isClosing() || !(socket instanceof Socket)) return refuse(socket, 503, 'This node is stopping');
      acceptor.handleUpgrade(request, socket, head, (ws) =>
        connect(ws, socket, readConnectOptions(request, query)),
      );
    };
    if (!admission.enter(admit)) refuse(socket, 503, 'Too many sockets connect at once');
  });
}

/** Time after a request during which the node counts as busy, in milliseconds. */
const busyMs = 100;
/** Sockets a second: about 2 700 resuming clients a second are all that one processor can do. */
const rates = { quiet: 5000, busy: 1000, closing: 1e9 };

/** A node that answers requests admits fewer sockets; one that closes refuses all that wait. */
function openAdmission({ server }: FastifyInstance, isClosing: () => boolean): Admission {
  let requestedAtMs = Number.NEGATIVE_INFINITY;
  server.on('request', () => {
    requestedAtMs = performance.now();
  });
  const isBusy = () => performance.now() - requestedAtMs < busyMs;
  return new Admission({ rate: () => (isClosing() ? rates.closing : isBusy() ? rates.busy : rates.quiet) });
}

/** The header wins over the query (cable.md D.1). */
function readConnectOptions(request: IncomingMessage, query: string | undefined): ConnectOptions {
  const header = request.headers['x-anycable-restore-sid'];
  const params = new URLSearchParams(query);
  const restoreSid = typeof header === 'string' && header ? header : (params.get('sid') ?? '');
  return { restoreSid, pings: readPingOptions(params) };
}

/** Shared by all sockets: a closure per socket would keep its request in memory. */
function destroy(this: Duplex): void {
  this.destroy();
}

function refuse(socket: Duplex, status: 404 | 503, body: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
