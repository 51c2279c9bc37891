/** One address in front of all nodes: each connection goes to the next node that accepts it. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { portOf } from '../wait.ts';
import type { Link } from './link.ts';

export interface Balancer {
  url: string;
  stop(): Promise<void>;
}

export async function startBalancer(links: readonly Link[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ noDelay: true }, (near) => {
    open.add(near);
    near.on('error', () => {});
    near.on('close', () => open.delete(near));
    void carry(near);
  });
  const carry = async (near: Socket): Promise<void> => {
    const first = turn++;
    for (const index of links.keys()) if (await links[(first + index) % links.length]?.carry(near)) return;
    near.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    stop: async () => {
      server.close();
      for (const near of open) near.destroy();
      await once(server, 'close');
    },
  };
}
