/** `/cable` on the HTTP server: opens and closes sockets, pings them, resumes sessions (cable.md A.1, D.1). */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import type { App } from '../app.ts';
import { newToken } from '../secrets.ts';
import { Connection } from './connection.ts';
import { toFrame } from './frames.ts';
import { chooseProtocol } from './protocol.ts';
import { openRoomChannel } from './room-channel.ts';
import type { FindSeat } from './seat.ts';
import { openSessionCache } from './session-cache.ts';

const pingEvery = 3000;
/** Sockets are pinged in turns, so that ten thousand of them never hold up a message. */
const turns = 10;
/** How long a resumed client has to ask for its history before it hears what is new, in milliseconds. */
const historyGrace = 2000;
/** How long sockets have to close in order when the server stops, in milliseconds. */
const closeGrace = 1000;

export interface Cable {
  /** Open sockets on this node. */
  connections(): number;
  /** Sends everybody away so that they come back, and waits for their sockets to close. */
  close(): Promise<void>;
}

/** Opens `/cable` on `http`; `findSeat` decides who may subscribe to what. */
export function openCable(app: App, http: FastifyInstance, findSeat: FindSeat): Cable {
  const room = openRoomChannel(app, findSeat);
  const sessions = openSessionCache(app.now, room.identifiersOf);
  const waves = Array.from({ length: turns }, () => new Set<Connection>());
  let turn = 0;
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
  const timer = setInterval(onTurn, pingEvery / turns);

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?', 1)[0];
    const isSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!/^\/cable\/?$/.test(path ?? '') || !isSocket) refuse(socket, 404);
    else if (isClosing) refuse(socket, 503);
    else acceptor.handleUpgrade(request, socket, head, (ws) => welcome(ws, socket, restoreSidOf(request)));
  }

  function welcome(ws: WebSocket, socket: Duplex, restoreSid: string): void {
    const connection = new Connection(ws, socket, { sid: newToken(), run: runCommand });
    const wave = waves[turn] as Set<Connection>;
    wave.add(connection);
    ws.on('close', () => {
      wave.delete(connection);
      sessions.release(connection);
      room.leave(connection);
    });
    const identifiers = connection.sid && restoreSid ? sessions.take(restoreSid) : undefined;
    sessions.add(connection);
    if (identifiers) void connection.enqueue(guarded(() => resume(connection, identifiers)));
    else connection.send({ type: 'welcome', ...(connection.sid && { sid: connection.sid }) });
  }

  async function resume(connection: Connection, identifiers: readonly string[]): Promise<void> {
    const restored_ids = await room.restore(connection, identifiers);
    connection.send({ type: 'welcome', sid: connection.sid, restored: true, restored_ids });
    await room.show(connection);
    setTimeout(() => void connection.enqueue(guarded(() => room.resume(connection))), historyGrace).unref();
  }

  const runCommand = (connection: Connection, command: Parameters<typeof room.run>[1]) =>
    guarded(() => room.run(connection, command))();

  /** A fault while acting for one client is ours: logged, and the client may try again. */
  function guarded(work: () => Promise<void>): () => Promise<void> {
    return () => work().catch((error: unknown) => app.log.error({ error }, 'a command on /cable failed'));
  }

  function onTurn(): void {
    turn = (turn + 1) % turns;
    const wave = waves[turn] as Set<Connection>;
    const ping = toFrame({ type: 'ping', message: Math.floor(app.now() / 1000) });
    for (const connection of wave) connection.ping(ping);
    sessions.sweep();
    void guarded(room.tick)();
  }

  return {
    connections: () => waves.reduce((sum, wave) => sum + wave.size, 0),
    close: async () => {
      isClosing = true;
      clearInterval(timer);
      const connections = waves.flatMap((wave) => [...wave]);
      for (const connection of connections) {
        if (connection.protocol === 'ext') connection.closeToResume();
        else connection.disconnect('server_restart');
      }
      await until(() => waves.every((wave) => !wave.size), closeGrace);
      for (const connection of connections) connection.terminate();
      room.close();
    },
  };
}

/** The session that a client wants back; the header wins (cable.md D.1). */
function restoreSidOf(request: IncomingMessage): string {
  const header = request.headers['x-anycable-restore-sid'];
  if (typeof header === 'string' && header) return header;
  return new URLSearchParams(request.url?.split('?', 2)[1]).get('sid') ?? '';
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
