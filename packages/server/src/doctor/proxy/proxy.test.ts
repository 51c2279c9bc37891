/** The way in through a real nginx: the recipe of the documentation passes, and each line that is missing or wrong is named. */
import { readFileSync } from 'node:fs';
import type { Finding } from '@hoory/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../test/command-line.ts';
import { describeBehindNginx, makeCertificate, type Nginx, startNginx } from '../../../test/nginx.ts';
import { freePort } from '../../../test/process.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { examineProxy } from './checks.ts';
import { openSite } from './site.ts';
import { checkCertificate, checkRedirect, judgeCertificate } from './way-in.ts';

const guide = readFileSync(new URL('../../../../../docs/operate.md', import.meta.url), 'utf8');
const [, recipe = ''] = /```nginx\n(map [\s\S]*?)```/.exec(guide) ?? [];
const maxFile = 3 * 1024 * 1024;

let server: TestServer;
let nginx: Nginx | undefined;
beforeAll(async () => {
  server = await startTestServer({ settings: { HOORY_TRUSTED_PROXIES: '127.0.0.1', HOORY_MAX_FILE: '3MB' } });
});
afterAll(() => server.stop());
afterEach(async () => {
  await nginx?.stop();
  nginx = undefined;
});

/** The recipe without encryption, before this server. */
const plainRecipe = (port: number, upstream: string) =>
  recipe
    .replace(/server \{\n {2}listen 80;[\s\S]*?\n\}\n/, '')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/ {2}ssl_certificate.*\n/g, '')
    .replace('http://127.0.0.1:3000', upstream);

/** What the doctor finds behind this nginx. */
const examineAt = ({ port }: Nginx, { key = server.app.installation.key, waitSeconds = 1 } = {}) =>
  examineProxy(
    {
      address: new URL(`http://127.0.0.1:${port}`),
      maxFile,
      key,
      origin: 'https://shop.example',
      waitSeconds,
    },
    { timeoutMs: 30_000, redact: (text) => text },
  );

/** The findings of the doctor behind nginx with this change of the recipe. */
async function examine(
  change: (conf: string, folder: string) => string,
  { upstream = server.url, ...options }: { upstream?: string; key?: string; waitSeconds?: number } = {},
): Promise<Finding[]> {
  nginx = await startNginx((port, folder) => change(plainRecipe(port, upstream), folder));
  return examineAt(nginx, options);
}

const faultsOf = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state === 'failed' || state === 'warning');
const without = (line: string) => (conf: string) => {
  expect(conf).toContain(line);
  return conf.replaceAll(line, '');
};
const adding = (line: string) => (conf: string) => conf.replace('location / {', `location / { ${line}`);

describeBehindNginx('the doctor behind nginx', () => {
  it('finds nothing to change in the recipe of the documentation', async () => {
    const findings = await examine((conf) => conf);
    expect(faultsOf(findings)).toEqual([]);
    expect(findings.filter(({ state }) => state === 'ok').map(({ check }) => check)).toEqual([
      ...['address', 'health', 'installation', 'socket', 'forwarded', 'body-size'],
      ...['long-poll', 'cors', 'headers', 'compression'],
    ]);
  });

  describe('with one line wrong', () => {
    const planted = [
      {
        fault: 'no upgrade',
        change: without('proxy_set_header Upgrade $http_upgrade;'),
        check: 'socket',
        found: /opens no WebSocket/,
        line: 'nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;',
      },
      {
        fault: 'a small limit of bodies',
        change: (conf: string) => conf.replace('client_max_body_size 0;', 'client_max_body_size 1m;'),
        check: 'body-size',
        found: /refuses a body of 3 MB with 413/,
        line: 'nginx: client_max_body_size 0; or a smaller HOORY_MAX_FILE',
      },
      {
        fault: 'no X-Forwarded-For',
        change: (conf: string) =>
          conf.replace('X-Forwarded-For $proxy_add_x_forwarded_for;', "X-Forwarded-For '';"),
        check: 'forwarded',
        found: /from 127\.0\.0\.1 without X-Forwarded-For/,
        line: 'nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;, and HOORY_TRUSTED_PROXIES=127.0.0.1',
      },
      {
        fault: 'the X-Forwarded-For of the client',
        change: without('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'),
        check: 'forwarded',
        found: /that the client has sent/,
        line: 'nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      },
      {
        fault: 'no X-Forwarded-Proto',
        change: without('proxy_set_header X-Forwarded-Proto $scheme;'),
        check: 'forwarded',
        found: /the protocol of nobody/,
        line: 'nginx: proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;',
      },
      {
        fault: 'CORS of its own',
        change: adding('add_header Access-Control-Allow-Origin * always;'),
        check: 'cors',
        found: /comes twice/,
        line: 'nginx: remove add_header lines for Access-Control-*, and answers to OPTIONS',
      },
      {
        fault: 'refused preflights',
        change: adding('if ($request_method = OPTIONS) { return 405; }'),
        check: 'cors',
        found: /preflight \(OPTIONS\) is answered with 405/,
        line: 'nginx: remove add_header lines for Access-Control-*, and answers to OPTIONS',
      },
      {
        fault: 'hidden headers',
        change: adding('proxy_hide_header Content-Disposition;'),
        check: 'headers',
        found: /changes or repeats content-disposition/,
        line: 'nginx: remove proxy_hide_header, add_header and sub_filter lines that touch these headers',
      },
      {
        fault: 'a hidden ETag',
        change: adding('proxy_hide_header ETag;'),
        check: 'headers',
        found: /ETag or If-None-Match/,
        line: 'nginx: remove proxy_hide_header, add_header and sub_filter lines that touch these headers',
      },
      {
        fault: 'no Accept-Encoding',
        change: adding("proxy_set_header Accept-Encoding '';"),
        check: 'compression',
        found: /uncompressed/,
        line: 'nginx: proxy_set_header Accept-Encoding $http_accept_encoding;',
      },
    ];
    const findings = new Map<string, Finding[]>();
    beforeAll(async () => {
      await Promise.all(
        planted.map(async ({ fault, change }) => {
          const one = await startNginx((port) => change(plainRecipe(port, server.url)));
          findings.set(fault, await examineAt(one).finally(one.stop));
        }),
      );
    });

    it.each(planted)('names the line of $fault, and nothing else', ({ fault, check, found, line }) => {
      const faults = faultsOf(findings.get(fault) ?? []);
      expect(faults).toEqual([
        {
          check,
          state: expect.any(String),
          found: expect.stringMatching(found),
          breaks: expect.any(String),
          change: line,
        },
      ]);
    });
  });

  it('names the time limit that cuts long polls and sockets', async () => {
    const findings = await examine(
      (conf) => conf.replace('proxy_read_timeout 75s', 'proxy_buffering on; proxy_read_timeout 1s'),
      { waitSeconds: 4 },
    );
    const faults = faultsOf(findings);
    expect(faults.map((one) => one.check)).toEqual(['socket', 'long-poll']);
    expect(faults[0]?.found).toMatch(/The connection ended after/);
    expect(faults[1]?.found).toMatch(/The answer is 504/);
    for (const { change } of faults) expect(change).toBe('nginx: proxy_read_timeout 75s;');
  });

  it('notices a cache that answers', async () => {
    const findings = await examine((conf, folder) => {
      const path = `proxy_cache_path ${folder}/cache keys_zone=all:1m;`;
      const cached =
        'proxy_cache all; proxy_cache_valid any 1m; proxy_ignore_headers Cache-Control Set-Cookie;';
      return `${path}\n${adding(cached)(conf)}`;
    });
    // The first answer was made for this token; the next doctor gets it as well.
    expect(findings.length).toBeGreaterThan(5);
    const again = nginx ? await examineAt(nginx) : [];
    expect(again.find(({ check }) => check === 'installation')).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/a cache answers/),
    });
  });

  it('says that the proxy does not reach the server, and leaves the rest', async () => {
    const findings = await examine((conf) => conf, { upstream: `http://127.0.0.1:${await freePort()}` });
    expect(faultsOf(findings)).toMatchObject([
      {
        check: 'health',
        found: expect.stringMatching(/502/),
        change: 'nginx: proxy_pass http://127.0.0.1:3000;',
      },
    ]);
    expect(findings.at(-1)).toMatchObject({ check: 'proxy', state: 'skipped' });
  });

  it('says that another installation answers', async () => {
    const other = await startTestServer();
    try {
      const faults = faultsOf(await examine((conf) => conf, { upstream: other.url }));
      expect(faults).toMatchObject([
        { check: 'installation', found: expect.stringMatching(/Another Hoory answers/) },
      ]);
    } finally {
      await other.stop();
    }
  });

  it('says which proxy HOORY_TRUSTED_PROXIES lacks', async () => {
    const other = await startTestServer();
    try {
      const findings = await examine((conf) => conf, {
        upstream: other.url,
        key: other.app.installation.key,
      });
      expect(faultsOf(findings)).toMatchObject([
        { check: 'forwarded', change: 'HOORY_TRUSTED_PROXIES=127.0.0.1' },
      ]);
    } finally {
      await other.stop();
    }
  });

  describe('with https', () => {
    /** The whole recipe, both of its servers, with a certificate for localhost. */
    const encrypted = (port: number, plainPort: number, files: ReturnType<typeof makeCertificate>) =>
      recipe
        .replace('listen 80;', `listen 127.0.0.1:${plainPort};`)
        .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
        .replace(/ssl_certificate .*;/, `ssl_certificate ${files.certificate};`)
        .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${files.key};`)
        .replaceAll('chat.example.com', 'localhost')
        .replace('http://127.0.0.1:3000', server.url);

    it('has nothing to change, as a user runs it', async () => {
      const plainPort = await freePort();
      let authority = '';
      nginx = await startNginx((port, folder) => {
        const files = makeCertificate(folder, 90);
        authority = files.certificate;
        return encrypted(port, plainPort, files);
      });
      const address = `https://localhost:${nginx.port}`;
      const env = {
        ...server.env,
        HOORY_URL: address,
        NODE_EXTRA_CA_CERTS: authority,
        HOORY_RATE_LIMITS: 'on',
      };
      const ran = await run(['doctor', address, '--wait', '2', '--json'], env);
      const { state, findings } = JSON.parse(ran.stdout);
      // A server of a test has no backup.
      expect(faultsOf(findings)).toMatchObject([{ check: 'backup' }]);
      expect({ state, code: ran.code, stderr: ran.stderr }).toEqual({
        state: 'warning',
        code: 1,
        stderr: '',
      });
      const site = openSite(new URL(address), undefined);
      const plain = new URL(`http://localhost:${plainPort}/app`);
      expect(await checkRedirect(site, plain)).toMatchObject({
        state: 'ok',
        found: 'http leads to https (301)',
      });
    });

    it('refuses a certificate that browsers refuse, and http that stays http', async () => {
      const plainPort = await freePort();
      nginx = await startNginx((port, folder) => encrypted(port, plainPort, makeCertificate(folder, 90)));
      const site = openSite(new URL(`https://localhost:${nginx.port}`), undefined);
      expect(await checkCertificate(site)).toMatchObject({
        state: 'failed',
        found: expect.stringMatching(/signed by itself/),
      });
      expect(await checkRedirect(site, new URL(`${server.url}/app`))).toMatchObject({ state: 'warning' });
    });
  });
});

it('warns two weeks before a certificate expires', () => {
  const dayMs = 86_400_000;
  const judge = (days: number, error?: string) =>
    judgeCertificate({ error, validTo: Date.now() + days * dayMs + 1000 }, 'line').state;
  expect([judge(14), judge(13), judge(90, 'CERT_HAS_EXPIRED')]).toEqual(['ok', 'warning', 'failed']);
});
