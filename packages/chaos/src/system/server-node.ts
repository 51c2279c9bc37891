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
  const life: Life = { child: launchServer(options), isStopped: false, isHealthy: false, awayMs: 0 };
  const supervised = supervise(name, life, options);
  // The failure reaches whoever waits for the node.
  supervised.catch(() => {});
  const untilHealthy = async () => {
    const isDecided = () => life.isHealthy || life.isStopped;
    await Promise.race([becomes(isDecided, { limitMs: 240_000 }), supervised]);
  };
  await untilHealthy();
  const end = async (signal: NodeJS.Signals, awayMs: number) => {
    life.awayMs = awayMs;
    await life.child.end(signal);
    await untilHealthy();
  };
  return {
    name,
    port: options.port,
    kill: (awayMs) => end('SIGKILL', awayMs),
    restart: () => end('SIGTERM', 0),
    takeDown: async () => {
      const release = keepDown(life);
      await life.child.end('SIGTERM');
      return async () => {
        release();
        await untilHealthy();
      };
    },
    stop: async () => {
      life.isStopped = true;
      await life.child.end('SIGKILL');
      await supervised.catch(() => {});
    },
  };
}

/** A node and what its supervisor is to do with it. */
interface Life {
  child: Child;
  isStopped: boolean;
  isHealthy: boolean;
  /** From the end that was asked for to the next start. */
  awayMs: number;
  /** Pending while the node is to stay down. */
  down?: Promise<void> | undefined;
}

async function supervise(name: string, life: Life, options: NodeOptions): Promise<void> {
  for (let failedStarts = 0; !life.isStopped; ) {
    life.isHealthy = await becomesHealthy(life.child, options.port);
    const isStarted = life.isHealthy;
    const isByItself = await life.child.ended;
    life.isHealthy = false;
    if (life.isStopped) return;
    const output = life.child.output();
    if (isByItself) options.history.add({ kind: 'died', node: name, isStarted, output });
    failedStarts = isByItself && !isStarted ? failedStarts + 1 : 0;
    if (failedStarts === mostFailedStarts) throw new Error(`${name} ends at each start: ${output}`);
    await sleep(isByItself ? 500 : life.awayMs);
    while (life.down) await life.down;
    if (!life.isStopped) life.child = launchServer(options);
  }
}

/** @returns a function that lets it start again */
function keepDown(life: Life): () => void {
  let release = () => {};
  life.awayMs = 0;
  life.down = new Promise((resolve) => {
    release = resolve;
  });
  return () => {
    life.down = undefined;
    release();
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
    // A machine that is busy answers late.
    const signal = AbortSignal.timeout(10_000);
    return fetch(`http://127.0.0.1:${port}/health`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  const isDecided = await becomes(async () => !child.isRunning() || (await answers()), { limitMs: 90_000 });
  if (!isDecided) throw new Error(`The server does not become healthy: ${child.output()}`);
  return child.isRunning();
}
