/** Binds the HTTP server to its address. `localhost` has two addresses, and a client may try either of them first. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { closeInOrder } from './closing.ts';

/**
 * Connections that the system keeps for a process that is busy; Node's default of 511 puts off clients that reconnect in one moment
 * for a second. Linux lowers it to `net.core.somaxconn`, 4096 by default.
 */
const backlog = 16_384;

/** Error codes of a machine without IPv6. */
const withoutIpv6 = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'];

/** The bound server. */
export interface Listening {
  /** Such as `http://127.0.0.1:3000`. */
  address: string;
  /** Stops accepting connections, answers the running requests, and resolves when no connection is left. */
  close(): Promise<void>;
}

/**
 * Listens on `host`; port 0 takes a free one, for `localhost` on IPv4 only.
 * @throws the system's error, such as EADDRINUSE on either address of `localhost`
 */
export async function listen(
  http: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const ipv6 = createServer((socket) => http.server.emit('connection', socket));
  closeInOrder(http, ipv6);
  const close = async () => {
    const closed = ipv6.listening ? once(ipv6, 'close') : undefined;
    await http.close();
    await closed;
  };
  const address = await http.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port, backlog });
  if (host === 'localhost' && port !== 0) await listenOnIpv6(ipv6, port);
  return { address, close };
}

function listenOnIpv6(listener: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('listening', resolve).once('error', (error: NodeJS.ErrnoException) => {
      if (withoutIpv6.includes(error.code ?? '')) resolve();
      else reject(error);
    });
    listener.listen({ host: '::1', port, ipv6Only: true, backlog });
  });
}
