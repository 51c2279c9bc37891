/** One server process of Hoory, which is killed and restarted. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { History } from '../history.ts';
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
  /** SIGTERM, waits for the end, and keeps it down. @returns a function that starts it again */
  takeDown(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Runs a verb of the command `hoory` that prints JSON. @throws with its error output when it fails */
export async function runVerb(args: readonly string[], env: Env): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--json'], {
    env: { PATH: process.env.PATH, ...env },
  });
  return objectOf(JSON.parse(stdout));
}

export interface NodeOptions {
  port: number;
  env: Env;
  /** The file with its output. */
  log: string;
  history: History;
}

/** A start fails when its database goes away meanwhile: a supervisor tries again. */
const mostFailedStarts = 20;

/**
 * Starts `serve` on `port`, waits until it answers, and starts it again whenever it has ended, as a supervisor does. It may be
 * killed at any moment, also while it starts.
 * @throws when it ends at each start
 */
export async function startServerNode(name: string, options: NodeOptions): Promise<ServerNode> {
  const state = { isStopped: false, isHealthy: false, awayMs: 0, failedStarts: 0 };
  /** Pending while the node is to stay down. */
  let down: Promise<void> | undefined;
  const launch = () => launchServer(options);
  let child = launch();
  const supervise = async (): Promise<void> => {
    while (!state.isStopped) {
      state.isHealthy = await becomesHealthy(child, options.port);
      const isStarted = state.isHealthy;
      const isByItself = await child.ended;
      state.isHealthy = false;
      if (state.isStopped) return;
      if (isByItself) options.history.add({ kind: 'died', node: name, isStarted, output: child.output() });
      state.failedStarts = isByItself && !isStarted ? state.failedStarts + 1 : 0;
      if (state.failedStarts === mostFailedStarts)
        throw new Error(`${name} ends at each start: ${child.output()}`);
      await sleep(isByItself ? 500 : state.awayMs);
      while (down) await down;
      if (!state.isStopped) child = launch();
    }
  };
  const supervised = supervise();
  // The failure reaches whoever waits for the node.
  supervised.catch(() => {});
  const untilHealthy = () =>
    Promise.race([becomes(() => state.isHealthy || state.isStopped, { limitMs: 240_000 }), supervised]);
  await untilHealthy();
  const end = async (signal: NodeJS.Signals, awayMs: number) => {
    state.awayMs = awayMs;
    await child.end(signal);
    await untilHealthy();
  };
  return {
    name,
    port: options.port,
    kill: (awayMs) => end('SIGKILL', awayMs),
    restart: () => end('SIGTERM', 0),
    takeDown: async () => {
      let release = () => {};
      down = new Promise((resolve) => {
        release = resolve;
      });
      state.awayMs = 0;
      await child.end('SIGTERM');
      return async () => {
        down = undefined;
        release();
        await untilHealthy();
      };
    },
    stop: async () => {
      state.isStopped = true;
      await child.end('SIGKILL');
      await supervised.catch(() => {});
    },
  };
}

const launchServer = ({ port, env, log }: NodeOptions): Child =>
  startChild([process.execPath, cli, 'serve'], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env },
    log,
  });

/** @returns false when it ends before. @throws when it neither ends nor answers */
async function becomesHealthy(child: Child, port: number): Promise<boolean> {
  const answers = async () => {
    const signal = AbortSignal.timeout(2_000);
    return fetch(`http://127.0.0.1:${port}/health`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  const isDecided = await becomes(async () => !child.isRunning() || (await answers()), { limitMs: 90_000 });
  if (!isDecided) throw new Error(`The server does not become healthy: ${child.output()}`);
  return child.isRunning();
}
