/** How the HTTP server closes: requests that run are answered, each the last on its connection. */
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Milliseconds that requests have to end. */
const patience = 5000;

/** Closes a connection as soon as it has no request, and all that are left after `patience`. */
export function closeInOrder(http: FastifyInstance): void {
  http.addHook('preClose', (done) => {
    const until = performance.now() + patience;
    const timer = setInterval(() => {
      if (performance.now() < until) return http.server.closeIdleConnections();
      http.server.closeAllConnections();
      clearInterval(timer);
    }, 10);
    timer.unref();
    http.server.once('close', () => clearInterval(timer));
    done();
  });
}

/** Tells the client of a server that closes to send nothing more on this connection. */
export function endWhenClosing(reply: FastifyReply): void {
  if (!reply.server.server.listening) reply.header('connection', 'close');
}
