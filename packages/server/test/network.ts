/** A network between a client and a server on this machine, which the test can break. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Network {
  /** Leads to the server. */
  url: string;
  /** Breaks every connection there is; new ones get through. */
  cut(): void;
  /** `open`; `no-sockets`: WebSockets are turned away, as some proxies do; `down`: nothing gets through. */
  become(state: 'open' | 'no-sockets' | 'down'): void;
  stop(): Promise<void>;
}

export async function openNetwork(port: number): Promise<Network> {
  let state = 'open';
  const pairs = new Set<Socket>();
  const server = createServer((near) => {
    near.on('error', () => {});
    if (state === 'down') return near.destroy();
    near.once('data', (first) => {
      if (state === 'no-sockets' && first.toString('latin1').startsWith('GET /cable')) return near.destroy();
      const far = connect(port, '127.0.0.1');
      pairs.add(near).add(far);
      far.on('error', () => {});
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const)
        one.on('close', () => {
          pairs.delete(one);
          other.destroy();
        });
      far.write(first);
      near.pipe(far).pipe(near);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of pairs) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    cut,
    become: (next) => {
      state = next;
      if (next !== 'open') cut();
    },
    stop: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
