/** Long answers and built files cross the network compressed, in the encoding that the client takes. */
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
let account: TestAccount;

beforeAll(async () => {
  server = await startTestServer();
  account = await createTestAccount(server.app);
});
afterAll(() => server.stop());

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

/** Unlike `fetch`, leaves the body as it came. */
const get = (path: string, accepted?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      api_access_token: account.administrator.access_token,
      ...(accepted !== undefined && { 'accept-encoding': accepted }),
    };
    request(`${server.url}${path}`, { headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) });
        });
    })
      .on('error', reject)
      .end();
  });

const textOf = ({ headers, bytes }: Answer): string => {
  if (headers['content-encoding'] === 'br') return brotliDecompressSync(bytes).toString();
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
};

describe('a long answer', () => {
  it.each([
    ['br', 'gzip, deflate, br, zstd'],
    ['gzip', 'gzip'],
    ['gzip', 'GZIP;q=0.5, br;q=0'],
    [undefined, 'identity'],
    [undefined, 'br;q=0.0, gzip; q=0'],
    [undefined, undefined],
  ])('comes as %s to a client that takes %s', async (encoding, accepted) => {
    const path = `/api/v1/accounts/${account.account.id}/inboxes`;
    const plain = textOf(await get(path));
    expect(plain.length).toBeGreaterThan(1024);
    const answer = await get(path, accepted);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers.vary).toContain('Accept-Encoding');
    expect(textOf(answer)).toBe(plain);
    if (encoding) expect(answer.bytes.length).toBeLessThan(plain.length / 2);
  });
});

it('does not compress a short response', async () => {
  const { headers } = await get('/api', 'br, gzip');
  expect(headers['content-encoding']).toBeUndefined();
});

it('keeps the tag of a customer’s answer whatever its encoding, and answers 304 without a body', async () => {
  const { inbox } = account;
  const name = 'ñ'.repeat(255);
  const contacts = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
  const created = await fetch(server.url + contacts, { method: 'POST', body: new URLSearchParams({ name }) });
  const { source_id } = (await created.json()) as { source_id: string };
  await fetch(`${server.url}${contacts}/${source_id}/conversations`, { method: 'POST' });
  await fetch(`${server.url}${contacts}/${source_id}/conversations`, { method: 'POST' });
  const path = `${contacts}/${source_id}/conversations`;
  const packed = await get(path, 'br');
  expect(packed.headers['content-encoding']).toBe('br');
  expect(packed.headers.etag).toBe((await get(path)).headers.etag);
});

describe('built files', () => {
  it.each(['/app', '/docs', `/chat/`])('of %s come compressed and are kept for ever', async (start) => {
    const page = start === '/chat/' ? `/chat/${account.inbox.identifier}` : start;
    const html = textOf(await get(page, 'br'));
    const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css)(?:\?v=\w+)?)"/g)].map(
      ([, path = '']) => path,
    );
    const kept = paths.filter((path) => !/^\/docs\/(start\.js|page\.css)$/.test(path));
    expect(kept.length).toBeGreaterThan(0);
    for (const path of kept) {
      const plain = await get(path, 'identity');
      expect(plain.headers['cache-control']).toContain('immutable');
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.headers.vary).toContain('Accept-Encoding');
      if (plain.bytes.length < 1024 || start === '/docs') continue;
      for (const encoding of ['br', 'gzip']) {
        const packed = await get(path, encoding);
        expect([path, packed.headers['content-encoding']]).toEqual([path, encoding]);
        expect(packed.headers['content-type']).toBe(plain.headers['content-type']);
        expect(textOf(packed)).toBe(plain.bytes.toString());
      }
    }
  });

  it('keep no address for ever that stays the same when they change', async () => {
    for (const path of ['/chat.js', '/chat.js?v=0', '/docs/swagger-ui.css', '/app', '/app/sw.js'])
      expect([path, (await get(path)).headers['cache-control']]).not.toEqual([
        path,
        expect.stringContaining('immutable'),
      ]);
  });
});
