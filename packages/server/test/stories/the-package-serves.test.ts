/**
 * The npm package `hoory`, packed, installed from its tarball into an empty folder, and used as the README says. Without a registry for its
 * dependencies it is skipped.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const addon = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
const run = promisify(execFile);

const hasRegistry = canReachRegistry();
if (!hasRegistry) console.log('the package is not installed: npm cannot reach its registry');

describe.runIf(hasRegistry)('the package', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hoory-package-'));
    await run(process.execPath, [join(root, 'scripts/pack.mjs'), join(folder, 'packed')], { cwd: root });
    const app = join(folder, 'app');
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{"private":true}');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const tarball = join(folder, 'packed', `hoory-${version}.tgz`);
    // The addon of SQLite takes a minute to compile where it cannot be downloaded: the one of this repository is the same.
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: app });
    cpSync(join(root, addon), join(app, addon));
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('serves desk, chat and documents, and takes the messages of the README', {
    timeout: 120_000,
  }, async () => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', HOORY_LOG_LEVEL: 'warn' };
    const server = spawn(join(folder, 'app/node_modules/.bin/hoory'), ['serve'], {
      cwd: join(folder, 'app'),
      env,
    });
    let printed = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (printed += chunk));
    try {
      await expect.poll(() => printed, { timeout: 60_000 }).toMatch(/HMAC token/);
      const url = /ready at (\S+)/.exec(printed)?.[1];
      const inbox = /Inbox identifier +(\S+)/.exec(printed)?.[1];
      const api = `${url}/public/api/v1/inboxes/${inbox}`;
      const post = async (path: string, fields: Record<string, string> = {}) => {
        const answer = await fetch(`${api}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
        expect(answer.status).toBe(200);
        return answer.json();
      };
      const { source_id } = await post('/contacts', { name: 'Ana' });
      const { id } = await post(`/contacts/${source_id}/conversations`);
      const messages = `/contacts/${source_id}/conversations/${id}/messages`;
      const question = { content: 'Where is my order?', echo_id: '1' };
      const first = await post(messages, question);
      expect(await post(messages, question)).toEqual(first);
      const list = await (await fetch(`${api}${messages}`)).json();
      expect(list).toMatchObject([{ content: 'Where is my order?' }]);
      for (const path of [
        '/app',
        `/chat/${inbox}`,
        '/chat.js',
        '/docs',
        '/docs/socket',
        '/openapi.json',
        '/health',
      ])
        expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200]);
    } finally {
      server.kill('SIGTERM');
      await once(server, 'close');
    }
    expect(server.exitCode).toBe(0);
  });
});

function canReachRegistry(): boolean {
  try {
    execFileSync('npm', ['view', 'aws4fetch', 'version'], { stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}
