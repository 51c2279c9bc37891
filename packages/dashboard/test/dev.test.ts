/** `npm run dev` as a programmer sees it: one port with the desk and the server, and a change reaches the open page. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/test/process.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const soon = { timeout: 90_000, interval: 200 };

describe('npm run dev', { timeout: 120_000 }, () => {
  let data: string;
  let url: string;
  let dev: ChildProcess;
  let output = '';

  const textAt = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();
  const statusOf = (path: string): Promise<number> =>
    fetch(`${url}${path}`).then(
      ({ status }) => status,
      () => 0,
    );

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'hoory-dev-'));
    const port = await freePort();
    url = `http://localhost:${port}`;
    dev = spawn(process.execPath, ['scripts/dev.mjs'], {
      cwd: root,
      env: { PATH: process.env.PATH, HOORY_DATA: data, PORT: String(port) },
    });
    for (const stream of [dev.stdout, dev.stderr])
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    await vi.waitFor(async () => {
      expect([dev.exitCode, output]).toEqual([null, expect.any(String)]);
      expect(await statusOf('/health')).toBe(200);
    }, soon);
  }, 120_000);
  afterAll(async () => {
    dev.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });

  it('serves the desk from its sources, with and without a slash, beside the server', async () => {
    expect(await textAt('/app/')).toContain('/app/src/main.tsx');
    expect((await fetch(`${url}/app`)).url).toBe(`${url}/app/`);
    expect(await statusOf('/health')).toBe(200);
  });

  it('tells an open page when a file of the desk changes', async () => {
    await textAt('/app/src/main.tsx');
    const token = /wsToken = "([^"]+)"/.exec(await textAt('/app/@vite/client'))?.[1];
    const socket = new WebSocket(`${url.replace('http', 'ws')}/app/?token=${token}`, 'vite-hmr');
    const types: string[] = [];
    socket.on('message', (text) => types.push(JSON.parse(String(text)).type));
    await expect.poll(() => types, soon).toContain('connected');
    // Only the time of the file changes: a build that runs meanwhile finds the same content.
    utimesSync(join(root, 'packages/dashboard/src/main.tsx'), new Date(), new Date());
    await expect.poll(() => types.some((type) => /^(update|full-reload)$/.test(type)), soon).toBe(true);
    socket.terminate();
  });

  it('ends with its server on SIGTERM', async () => {
    const ended = once(dev, 'exit');
    dev.kill('SIGTERM');
    // 128 + 15: Vite sets the code that shells give a program which SIGTERM has ended.
    expect(await ended).toEqual([143, null]);
    expect(await statusOf('/health')).toBe(0);
  });
});
