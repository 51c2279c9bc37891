/** A network between a client, or ourselves, and a server on this machine, which the test can break. */
import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

export interface Network {
  /** Leads to the server. */
  url: string;
  /** Breaks every connection there is; new ones get through. */
  cut(): void;
  /** Breaks the next connection at which the server says `text`, which is not heard any more. Resolves when that is done. */
  swallow(text: string): Promise<void>;
  /**
   * Breaks the client's side of the next connection on which the client says `text`. The bytes that it sent wait on the way, and the
   * server's side stays open. Resolves when that is done.
   */
  hold(text: string): Promise<Held>;
  /** How often the server has said something. */
  answers(): number;
  /** Becomes `down` as soon as the server has said something `count` times more. */
  breakAfter(count: number): void;
  /** `open`; `no-sockets`: WebSockets are turned away, as some proxies do; `no-new-sockets`: so are new
   * ones, and those that are open stay; `down`: nothing gets through; `silent`: connections
   * stay and are made, and nothing is heard on them. */
  become(state: 'open' | 'no-sockets' | 'no-new-sockets' | 'down' | 'silent'): void;
  stop(): Promise<void>;
}

/** Something that a client has said, and that the server has not heard yet. */
export interface Held {
  /** The server hears it; its answer reaches nobody. */
  arrive(): void;
  /** The server's side breaks as well. */
  lose(): void;
}

/** @param target the server's port, or where else it is */
export async function openNetwork(target: number | NetConnectOpts): Promise<Network> {
  let state = 'open';
  let swallowed: { text: string; done(): void } | undefined;
  let holding: { text: string; done(held: Held): void } | undefined;
  let answers = 0;
  let lastAnswer = Number.POSITIVE_INFINITY;
  const sockets = new Set<Socket>();
  const become = (next: string) => {
    state = next;
    if (next === 'no-sockets' || next === 'down') cut();
  };
  const server = createServer((near) => {
    near.on('error', () => {});
    near.on('close', () => sockets.delete(near));
    if (state === 'down') return near.destroy();
    // Also a connection that has said nothing yet breaks with the others.
    sockets.add(near);
    near.once('data', (first) => {
      if (state === 'silent') return;
      if (state.startsWith('no-') && first.toString('latin1').startsWith('GET /cable')) return near.destroy();
      const far = connect(typeof target === 'number' ? { port: target, host: '127.0.0.1' } : target);
      sockets.add(far);
      far.on('error', () => {});
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const)
        one.on('close', () => other.destroy());
      far.on('close', () => sockets.delete(far));
      far.write(first);
      far.on('data', (said) => {
        if (state === 'silent') return;
        if (++answers > lastAnswer) return become('down');
        if (!swallowed || !said.includes(swallowed.text)) return near.write(said);
        swallowed.done();
        swallowed = undefined;
        near.destroy();
      });
      near.on('data', (said) => {
        if (state === 'silent') return;
        if (!holding || !said.includes(holding.text)) return far.write(said);
        holding.done({ arrive: () => far.write(said), lose: () => far.destroy() });
        holding = undefined;
        sockets.delete(near);
        near.removeAllListeners('close').destroy();
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    cut,
    swallow: (text) =>
      new Promise((done) => {
        swallowed = { text, done };
      }),
    hold: (text) =>
      new Promise((done) => {
        holding = { text, done };
      }),
    answers: () => answers,
    breakAfter: (count) => {
      lastAnswer = answers + count;
    },
    become: (next) => {
      lastAnswer = Number.POSITIVE_INFINITY;
      become(next);
    },
    stop: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
