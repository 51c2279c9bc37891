/** Servers of a measurement that only this machine reaches. */
import type { Server } from 'node:http';

/** Listens on a free port of 127.0.0.1. @returns the port */
export async function listenLocally(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server has no port');
  return address.port;
}
