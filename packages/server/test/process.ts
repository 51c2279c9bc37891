/** The built server as a process of its own, for tests that kill it; vitest builds it before the first test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface ServerProcess {
  url: string;
  /** SIGKILL: nothing is finished, nothing is closed. */
  kill(): Promise<void>;
  /** SIGSTOP: its connections stay open, and it does nothing until `resume`. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGTERM, and waits until it is gone. */
  stop(): Promise<number | null>;
}

/** Runs the `hoory` command. */
export function runCli(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [cli, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a verb to its end. @throws with its error output when it fails */
export async function runVerb(args: string[], env: Record<string, string>): Promise<string> {
  const child = runCli(args, env);
  let out = '';
  let faults = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    faults += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`hoory ${args.join(' ')} ended with ${code}: ${faults}`);
  return out;
}

/** Starts `serve` and waits until it answers. */
export async function startProcess(env: Record<string, string>): Promise<ServerProcess> {
  const url = `http://127.0.0.1:${env.PORT}`;
  const child = runCli(['serve'], env);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  const gone = once(child, 'close');
  while (!(await isUp(url))) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
      return child.exitCode;
    },
  };
}

const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  );

/** A port that was free a moment ago, for servers that come back on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
