/** A fresh server with one inbox, for the clients that the check of generators runs. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root, run } from './run.mjs';

/** @param data folder that does not exist yet */
export async function startServer(data) {
  const program = join(root, 'scripts/hoory.mjs');
  const port = await freePort();
  const env = { HOORY_DATA: data, HOST: '127.0.0.1', PORT: String(port), HOORY_LOG_LEVEL: 'warn' };
  await run(process.execPath, [join(root, 'scripts/build.mjs')]);
  const args = ['setup', '--account', 'Shop', '--email', 'ana@shop.test', '--inbox', 'App', '--json'];
  const made = await run(process.execPath, [program, ...args], { env });
  const { inbox_identifier } = JSON.parse(made.slice(made.indexOf('{')));
  const child = spawn(process.execPath, [program, 'serve'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => String(text).includes('is ready') && resolve());
    child.on('exit', (code) => reject(new Error(`The server ended with ${code}`)));
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    inbox: inbox_identifier,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
