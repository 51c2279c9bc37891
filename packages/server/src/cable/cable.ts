/** `/cable` on the HTTP server: opens and closes sockets, pings them, resumes sessions (cable.md A.1, D.1). */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import type { App } from '../app.ts';
import { offersWebSocket, serveWithoutUpgrade } from '../http/ignored-upgrade.ts';
import { withSingleSlashes } from '../http/routed-url.ts';
import { newToken } from '../secrets.ts';
import { Connection, type Listener } from './connection.ts';
import { openPings, type Pace, readPace } from './pings.ts';
import { chooseProtocol } from './protocol.ts';
import { openRoomChannel } from './room-channel.ts';
import { type LeftSubscription, openSessionCache } from './session-cache.ts';
import type { CableConnection, Subscription } from './subscription.ts';
import type { FindGrant } from './subscription-grant.ts';

/**
 * How long a restored session has to ask for its history, in milliseconds. What comes meanwhile waits in the log, so that
 * nothing overtakes what was missed; a client that never asks is then told to fetch anew.
 */
const historyGrace = 10_000;
/** Turns of the pings between two looks at rights that another process may have changed: less than a second. */
const turnsPerLook = 3;
/** How long sockets have to close in order when the server stops, in milliseconds. */
const closeGrace = 1000;

export interface Cable {
  /** Open sockets on this node. */
  connections(): number;
  /** Sends everybody away so that they come back, and waits for their sockets to close. */
  close(): Promise<void>;
}

/** Opens `/cable` on `http`; `findGrant` decides who may subscribe to what. */
export function openCable(app: App, http: FastifyInstance, findGrant: FindGrant): Cable {
  const pings = openPings(app.now, onTurn);
  const room = openRoomChannel(app, { findGrant, connections: pings.connections });
  const sessions = openSessionCache(app.now);
  let isClosing = false;
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 64 * 1024,
    handleProtocols: (offered) => chooseProtocol(offered) ?? false,
  });

  http.all('/cable', (_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('Page not found'),
  );
  http.server.on('upgrade', onUpgrade);

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!offersWebSocket(request)) {
      serveWithoutUpgrade(http.server, { request, socket, head });
      return;
    }
    socket.on('error', destroy);
    const [path = '', query] = withSingleSlashes(request.url ?? '').split('?', 2);
    if (!/^\/cable\/?$/.test(path)) refuse(socket, 404);
    else if (isClosing) refuse(socket, 503);
    else
      acceptor.handleUpgrade(request, socket, head, (ws) =>
        welcome(ws, socket as Socket, wishesOf(request, query)),
      );
  }

  function welcome(ws: WebSocket, socket: Socket, { restoreSid, pace }: Wishes): void {
    const connection = new Connection<Subscription>(ws, socket, { sid: newToken(), listener });
    const isExtended = connection.protocol === 'ext';
    pings.add(connection, isExtended ? pace : undefined);
    const left = isExtended && restoreSid ? sessions.take(restoreSid) : undefined;
    sessions.add(connection);
    if (left) void connection.enqueue(() => resume(connection, left));
    else connection.send({ type: 'welcome', ...(isExtended && { sid: connection.sid }) });
  }

  async function resume(connection: CableConnection, left: readonly LeftSubscription[]): Promise<void> {
    const restored_ids = await room.restore(connection, left);
    connection.send({ type: 'welcome', sid: connection.sid, restored: true, restored_ids });
    await room.show(connection);
    setTimeout(() => void connection.enqueue(() => room.endWaiting(connection)), historyGrace).unref();
  }

  const listener: Listener<Subscription> = {
    run: room.run,
    // It may hear less now than it believes: the client comes back and asks anew.
    fail: (connection, err) => {
      app.log.error({ err }, 'a command on /cable failed, its socket is closed');
      sendAway(connection);
    },
    leave: (connection) => {
      pings.delete(connection);
      sessions.release(connection);
      room.leave(connection);
    },
  };

  let sinceLook = 0;

  function onTurn(): void {
    sessions.sweep();
    room.tick().catch((err) => app.log.error({ err }, 'who is here could not be told'));
    if (++sinceLook < turnsPerLook || !pings.count()) return;
    sinceLook = 0;
    void room.lookForAccess();
  }

  return {
    connections: pings.count,
    close: async () => {
      isClosing = true;
      pings.stop();
      const connections = pings.connections();
      for (const connection of connections) sendAway(connection);
      await until(() => !pings.count(), closeGrace);
      for (const connection of connections) connection.terminate();
      room.close();
    },
  };
}

/** Closes the socket so that its client comes back. */
function sendAway(connection: CableConnection): void {
  if (connection.protocol === 'ext') connection.closeToResume();
  else connection.disconnect('server_restart');
}

/** What a client of the extended protocol asks for as it connects. */
interface Wishes {
  /** The session that it wants back; empty for none. */
  restoreSid: string;
  pace: Pace | undefined;
}

/** The header wins over the query (cable.md D.1). */
function wishesOf(request: IncomingMessage, query: string | undefined): Wishes {
  const header = request.headers['x-anycable-restore-sid'];
  const params = new URLSearchParams(query);
  const restoreSid = typeof header === 'string' && header ? header : (params.get('sid') ?? '');
  return { restoreSid, pace: readPace(params) };
}

/** Shared by all sockets, and not a closure: it would keep each one's request alive. */
function destroy(this: Duplex): void {
  this.destroy();
}

function refuse(socket: Duplex, status: 404 | 503): void {
  const body = status === 404 ? 'Page not found' : 'The server is closing';
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function until(isDone: () => boolean, limit: number): Promise<void> {
  const end = Date.now() + limit;
  while (!isDone() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}
