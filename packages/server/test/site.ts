/** A web site that is not the server's: a few pages on an origin of their own. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Site {
  /** `http://localhost:<port>`: another host than the servers', so that nothing is shared by accident. */
  url: string;
  stop(): Promise<void>;
}

/** Serves what `pages` has by path; everything else is 404. */
export async function startSite(pages: Record<string, string>): Promise<Site> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': request.url?.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8',
    });
    response.end(page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as { port: number }).port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
