/** B3 to B5: what sockets cost, and how long an event takes to them (decisions.md 11). */
import type { Config } from '../config.ts';
import { streamOf } from '../events/emit.ts';
import { startServer } from '../main.ts';
import { fanOut, weighSockets } from './crowds.ts';
import { measureDelivery } from './delivery.ts';
import { agentIdentifiers, conversationPaths, customerIdentifiers, openShop } from './fixture.ts';

export type SocketFigures = { section: 'sockets'; database: 'sqlite' | 'postgres' } & Record<
  string,
  number | string
>;

/** Sockets of the largest crowd; each is a file in two processes. */
const crowd = 10_000;
const connections = 64;

/** Measures all three. @param say progress, one line each */
export async function benchSockets(
  config: Readonly<Config>,
  say: (line: string) => void,
): Promise<SocketFigures> {
  const { database, shop, paths, customers } = await prepare(config);
  const agents = agentIdentifiers(crowd, shop);
  const place = { config, say };
  const [identifier = ''] = agents;
  const delivery = await measureDelivery({ ...place, paths, identifier });
  const weights = await weighSockets(place, customers);
  const times = await fanOut(place, agents, streamOf.inbox(shop.inbox.id));
  return { section: 'sockets', database, ...delivery, ...weights, ...times };
}

/** Writes all rows with a server that is gone before the measuring begins. */
async function prepare(config: Readonly<Config>) {
  const server = await startServer(config);
  try {
    const shop = await openShop(server.app);
    const paths = await conversationPaths(server.app, connections, shop);
    const customers = await customerIdentifiers(server.app, crowd, shop);
    return { database: server.app.db.dialect, shop, paths, customers };
  } finally {
    await server.close();
  }
}
