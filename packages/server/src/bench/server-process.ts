/** The measured server as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';

export interface ServerProcess {
  url: string;
  /** Milliseconds from the start of the process to its first answer. */
  start_ms: number;
  /** @returns the milliseconds that it took; again, the same */
  stop(): Promise<number>;
}

/** The server as it runs everywhere: a process that `SIGTERM` ends. */
export async function startProcess({ data, databaseUrl }: Readonly<Config>): Promise<ServerProcess> {
  const started = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL('./cli.js', import.meta.url)), 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOORY_DATA: data,
      PORT: '0',
      HOORY_RATE_LIMITS: 'off',
      HOORY_LOG_LEVEL: 'error',
      HOORY_WEBHOOK_ALLOW: '127.0.0.1',
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    },
  });
  const gone = once(child, 'exit');
  const url = await Promise.race([
    addressIn(child.stdout),
    gone.then(() => Promise.reject(new Error('the server ended while it started'))),
  ]);
  await (await fetch(`${url}/api`)).text();
  const start_ms = Math.round(performance.now() - started);
  let stopped: Promise<number> | undefined;
  const stop = async () => {
    const asked = performance.now();
    child.kill('SIGTERM');
    await gone;
    return Math.round(performance.now() - asked);
  };
  return { url, start_ms, stop: () => (stopped ??= stop()) };
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, url] = /ready at (http\S+)/.exec(line) ?? [];
    if (url) {
      output.resume();
      return url;
    }
  }
  throw new Error('the server said no address');
}
