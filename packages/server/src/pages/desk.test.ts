/** The desk's page and assets, as a browser asks for them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (path: string) => fetch(`${server.url}${path}`);

describe('the desk', () => {
  it('is one page for every path beneath /app', async () => {
    const page = await (await get('/app')).text();
    expect(page).toContain('<div id="root">');
    for (const path of [
      '/app/',
      '/app/conversations/12',
      '/app/settings/inboxes/1/configuration',
      '/app/a.b',
    ])
      expect(await (await get(path)).text()).toBe(page);
  });

  it('cannot be framed and loads nothing from other hosts', async () => {
    const policy = (await get('/app')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https:|\*|unsafe/);
    expect(policy.match(/wss?:[^\s;]+/g)).toEqual([server.url.replace('http', 'ws')]);
  });

  it('caches hashed assets for ever, and revalidates the page each time', async () => {
    const page = await get('/app');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const assets = [...(await page.text()).matchAll(/"(\/app\/assets\/[^"]+)"/g)].map(
      ([, path = '']) => path,
    );
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) {
      const asset = await get(path);
      expect(asset.status).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect(asset.headers.get('content-type')).toMatch(/javascript|css/);
    }
    const manifest = await get('/app/manifest.webmanifest');
    expect(await manifest.json()).toMatchObject({ start_url: '/app/', display: 'standalone' });
  });

  it('answers 404 for an asset that does not exist or is outside its folder', async () => {
    expect((await get('/app/assets/old-12345678.js')).status).toBe(404);
    const outside = await (await get('/app/..%2f..%2fserver%2fpackage.json')).text();
    expect(outside).not.toContain('@hoory/server');
  });
});
