/** A Redis of the run's own, which can be restarted and paused. */
import { connect } from 'node:net';
import { becomes, freePort, sleep } from '../wait.ts';
import { startChild } from './child.ts';

export interface Redis {
  url: string;
  /** Kills it, waits, and starts it again on the same port; it forgets everything. */
  restart(awayMs: number): Promise<void>;
  /** Stops it with SIGSTOP for some time: connections stay, nothing is answered. */
  pause(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `program` (redis-server) on a free port. */
export async function startRedis(program: string, log: string): Promise<Redis> {
  const port = await freePort();
  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = startChild([program, ...args], { log });
    const isReady = await becomes(() => accepts(port), { limitMs: 30_000 });
    if (!isReady) throw new Error(`Redis does not start: ${child.output()}`);
    return child;
  };
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    restart: async (awayMs) => {
      await server.end('SIGKILL');
      await sleep(awayMs);
      server = await start();
    },
    pause: async (ms) => {
      server.signal('SIGSTOP');
      await sleep(ms);
      server.signal('SIGCONT');
    },
    stop: () => server.end('SIGKILL'),
  };
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
