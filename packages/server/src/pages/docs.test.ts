/** The documentation as readers meet it: the guides, the reference, and the links between them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../../test/browser.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (path: string) => fetch(`${server.url}${path}`);
const links = (html: string) => [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link);

describe('the documentation', () => {
  it('links every page to the others and to the documents', async () => {
    for (const path of ['/docs', '/docs/socket', '/docs/webhooks']) {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(links(await answer.text())).toEqual(
        expect.arrayContaining([
          '/docs',
          '/docs/socket',
          '/docs/webhooks',
          '/openapi.json',
          '/openapi-client.json',
          '/asyncapi.json',
        ]),
      );
    }
  });

  it('has no broken link to this server', async () => {
    for (const path of ['/docs', '/docs/socket', '/docs/webhooks']) {
      const html = await (await get(path)).text();
      for (const link of links(html)) {
        if (link.startsWith('#')) expect(html).toContain(`id="${link.slice(1)}"`);
        else if (!link.startsWith('https://')) expect([link, (await get(link)).status]).toEqual([link, 200]);
      }
    }
  });

  it('names the address of this server in its examples', async () => {
    const html = await (await get('/docs/socket')).text();
    expect(html).toContain(server.url);
    expect(html).not.toContain('localhost:3000');
  });

  it('answers 404 for documents that are no guide', async () => {
    for (const path of ['/docs/architecture', '/docs/..%2fREADME'])
      expect((await get(path)).status).toBe(404);
  });
});

describeInChromium('in a browser', () => {
  const { visit } = useChromium();

  it.each(['/docs/socket', '/docs/webhooks'])('%s can be read by everybody, on a phone too', async (path) => {
    const page = await visit(`${server.url}${path}`, { viewport: { width: 390, height: 844 } });
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it('shows the endpoints of the reference', async () => {
    const page = await visit(`${server.url}/docs`);
    await page
      .getByText('/public/api/v1/inboxes/{inbox_identifier}/contacts', { exact: true })
      .first()
      .waitFor();
    await page.locator('header').getByRole('link', { name: 'Webhooks' }).click();
    await page.getByRole('heading', { name: 'Webhooks and bots' }).waitFor();
  });
});
