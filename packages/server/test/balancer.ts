/** A balancer of connections before nodes on this machine, without sticky sessions. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  url: string;
  /** Breaks every connection there is. */
  cut(): void;
  stop(): Promise<void>;
}

/** Gives each connection to the next node in turn, or to the one after it when nothing listens there. */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };

  async function reach(): Promise<Socket | undefined> {
    for (let attempt = 0; attempt < ports.length; attempt++) {
      const far = connect({ host: '127.0.0.1', port: ports[turn++ % ports.length] ?? 0 });
      keep(far);
      const isThere = await once(far, 'connect').then(
        () => true,
        () => false,
      );
      if (isThere) return far;
    }
    return undefined;
  }

  const server = createServer({ pauseOnConnect: true }, (near) => {
    keep(near);
    void reach().then((far) => {
      if (!far) return near.destroy();
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      near.pipe(far).pipe(near);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    stop: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
