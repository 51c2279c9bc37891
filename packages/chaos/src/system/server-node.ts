/** One server process of Hoory, which is killed and restarted. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { objectOf } from '../json.ts';
import { becomes, sleep } from '../wait.ts';
import { type Child, startChild } from './child.ts';

const cli = fileURLToPath(new URL('../../../server/dist/cli.js', import.meta.url));

export type Env = Record<string, string>;

export interface ServerNode {
  name: string;
  port: number;
  /** SIGKILL, and a start after a pause. */
  kill(awayMs: number): Promise<void>;
  /** SIGTERM, waits for the end, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a verb of the command `hoory` that prints JSON. @throws with its error output when it fails */
export async function runVerb(args: readonly string[], env: Env): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--json'], {
    env: { PATH: process.env.PATH, ...env },
  });
  return objectOf(JSON.parse(stdout));
}

/** Starts `serve` on `port` and waits until it answers. */
export async function startServerNode(
  name: string,
  { port, env, log }: { port: number; env: Env; log: string },
): Promise<ServerNode> {
  const start = async (): Promise<Child> => {
    const child = startChild([process.execPath, cli, 'serve'], {
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env },
      log,
    });
    await untilHealthy(child, port);
    return child;
  };
  let server = await start();
  // Two faults of one node come one after the other.
  let last = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work);
    return last;
  };
  const again = (signal: NodeJS.Signals, awayMs: number) =>
    inTurn(async () => {
      await server.end(signal);
      await sleep(awayMs);
      server = await start();
    });
  return {
    name,
    port,
    kill: (awayMs) => again('SIGKILL', awayMs),
    restart: () => again('SIGTERM', 0),
    stop: () => inTurn(() => server.end('SIGKILL')),
  };
}

/** A start waits for its database, which may be away. */
async function untilHealthy(child: Child, port: number): Promise<void> {
  const isHealthy = await becomes(
    async () => {
      if (!child.isRunning()) throw new Error(`The server ended: ${child.output()}`);
      const signal = AbortSignal.timeout(2_000);
      return fetch(`http://127.0.0.1:${port}/health`, { signal }).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    { limitMs: 90_000 },
  );
  if (!isHealthy) throw new Error(`The server does not become healthy: ${child.output()}`);
}
