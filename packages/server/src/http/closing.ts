/** Closes the HTTP server: running requests are answered, and each is the last on its connection. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';

/** Time for running requests to end. */
const timeoutMs = 5000;

/**
 * Closes a connection as soon as it has no request, and all that are left after `timeoutMs`. `second` is a listener whose
 * connections the same server handles; it closes with the server.
 */
export function closeInOrder(http: FastifyInstance, second: Server): void {
  http.addHook('preClose', (done) => {
    const until = performance.now() + timeoutMs;
    const timer = setInterval(() => {
      if (performance.now() < until) return http.server.closeIdleConnections();
      http.server.closeAllConnections();
      clearInterval(timer);
    }, 10);
    timer.unref();
    const listeners = [http.server, second].filter(({ listening }) => listening);
    void Promise.all(listeners.map((listener) => once(listener, 'close'))).then(() => clearInterval(timer));
    if (second.listening) second.close();
    done();
  });
}

/** While the server closes or is about to, tells the client not to reuse this connection. */
export function endWhenClosing({ nodes }: Pick<App, 'nodes'>, reply: FastifyReply): void {
  if (nodes.isLeaving() || !reply.server.server.listening) reply.header('connection', 'close');
}
