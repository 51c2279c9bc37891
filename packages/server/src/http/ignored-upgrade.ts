/**
 * Requests that offer another protocol than a WebSocket, such as `Upgrade: h2c` of Java's HttpClient. A server may ignore the
 * offer and answer as usual (RFC 9110, section 7.8); Node hands such a request over instead, with its body unread.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether the client asks for a WebSocket; several offers may stand in one header. */
export const offersWebSocket = ({ headers }: IncomingMessage): boolean =>
  (headers.upgrade ?? '').split(',').some((offer) => offer.trim().toLowerCase() === 'websocket');

/** Gives the connection back to `server` as if the request had come without its `Upgrade` header. */
export function serveWithoutUpgrade(
  server: Server,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${value}`);
  }
  // Node reads header bytes as Latin-1, so that these are the bytes that came.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
