/**
 * Handles requests that offer a protocol other than WebSocket, such as `Upgrade: h2c` of Java's HttpClient. A server may ignore the
 * offer and respond as usual (RFC 9110, section 7.8), but Node emits `upgrade` for such a request and does not read its body.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether the client asks for a WebSocket. One header may have several offers. */
export const offersWebSocket = ({ headers }: IncomingMessage): boolean =>
  (headers.upgrade ?? '').split(',').some((offer) => offer.trim().toLowerCase() === 'websocket');

/** Gives the connection back to `server` as if the request had no `Upgrade` header. */
export function serveWithoutUpgrade(
  server: Server,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${value}`);
  }
  // Node decodes headers as Latin-1, so encoding as Latin-1 restores the received bytes.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
