/** The measured server as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';

export interface ServerProcess {
  url: string;
  pid: number;
  /** Milliseconds from the start of the process to its first answer. */
  start_ms: number;
  /** @returns the milliseconds that it took; again, the same */
  stop(): Promise<number>;
}

/**
 * The server as it runs everywhere: a process that `SIGTERM` ends. It also ends with this process.
 * @throws Error with what the server wrote to stderr when it ends before it is ready
 */
export async function startProcess({
  data,
  databaseUrl,
  redisUrl,
}: Readonly<Config>): Promise<ServerProcess> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', new URL('./end-with-parent.js', import.meta.url).href, fileOf('./cli.js'), 'serve'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        HOORY_DATA: data,
        PORT: '0',
        HOORY_RATE_LIMITS: 'off',
        HOORY_LOG_LEVEL: 'error',
        HOORY_WEBHOOK_ALLOW: '127.0.0.1',
        ...(databaseUrl && { DATABASE_URL: databaseUrl }),
        ...(redisUrl && { REDIS_URL: redisUrl }),
      },
    },
  );
  const { stdout, stderr } = child;
  if (!stdout || !stderr || child.pid === undefined) throw new Error('the server could not be started');
  const { pid } = child;
  const gone = once(child, 'exit');
  const url = await addressOf(child, { stdout, stderr });
  await (await fetch(`${url}/api`)).text();
  const start_ms = Math.round(performance.now() - started);
  let stopped: Promise<number> | undefined;
  const stop = async () => {
    const asked = performance.now();
    child.kill('SIGTERM');
    await gone;
    return Math.round(performance.now() - asked);
  };
  return { url, pid, start_ms, stop: () => (stopped ??= stop()) };
}

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function addressOf(
  child: ChildProcess,
  output: { stdout: Readable; stderr: Readable },
): Promise<string> {
  let said = '';
  output.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    said += chunk;
  });
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: output.stdout })) {
    const [, url] = /ready at (http\S+)/.exec(line) ?? [];
    if (url) {
      output.stdout.resume();
      return url;
    }
  }
  await closed;
  throw new Error(`the server ended while it started: ${said.trim() || 'it said nothing'}`);
}
