/** The endpoints of the doctor and of administrators: who may ask, and what the answers hold. */
import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { freePort } from '../../test/process.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { makeToken } from './token.ts';

describe.each(engines)('the system on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  beforeAll(async () => {
    const smtp = `smtp://ana:top-secret@127.0.0.1:${await freePort()}`;
    server = await startTestServer({
      engine,
      settings: { SMTP_URL: smtp, HOORY_MAX_FILE: '2MB', HOORY_RATE_LIMITS: 'on' },
    });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const show = () =>
    call(server, agentApi.agentGetSystem, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id },
    });

  it('is checked once for all who ask, and tells no secret', async () => {
    const [first, second] = await Promise.all([show(), show()]);
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    const names = (first.body.findings as { check: string }[]).map(({ check }) => check);
    expect(new Set(names)).toEqual(
      new Set([
        'settings',
        'backup',
        'database',
        'disk',
        'mail',
        'files',
        'redis',
        'nodes',
        'webhooks',
        'forwarded',
      ]),
    );
    expect(first.body.findings).toContainEqual(
      expect.objectContaining({
        check: 'mail',
        state: 'failed',
        found: expect.stringMatching(/ECONNREFUSED/),
      }),
    );
    expect(JSON.stringify(first.body)).not.toContain('top-secret');
  });

  it('names the proxy of the request that HOORY_TRUSTED_PROXIES lacks', async () => {
    const response = await fetch(`${server.url}/api/v1/accounts/${fixture.account_id}/system`, {
      headers: { api_access_token: fixture.administrator.access_token, 'x-forwarded-for': '203.0.113.9' },
    });
    expect((await response.json()).findings).toContainEqual(
      expect.objectContaining({ check: 'forwarded', change: 'HOORY_TRUSTED_PROXIES=127.0.0.1' }),
    );
  });

  const ask = (path: string, token: string | undefined, body?: Buffer) =>
    fetch(`${server.url}/doctor/${path}`, {
      ...(body && { method: 'POST', body: new Uint8Array(body) }),
      headers: { ...(token !== undefined && { 'x-hoory-doctor': token }) },
    });

  it('answers the doctor by its token only', async () => {
    const { key } = server.app.installation;
    for (const token of [
      undefined,
      '',
      'x',
      makeToken('another key', Date.now()),
      makeToken(key, Date.now() - 3_600_000),
    ]) {
      expect((await ask('echo', token)).status).toBe(401);
      expect((await ask('wait?seconds=25', token)).status).toBe(401);
      expect((await ask('upload', token, Buffer.alloc(1000))).status).toBe(401);
    }
    expect((await ask('echo', makeToken(key, Date.now()))).status).toBe(200);
    expect((await ask('wait?seconds=26', makeToken(key, Date.now()))).status).toBe(422);
  });

  it('counts bodies up to the largest file, a few a minute, and keeps none', async () => {
    const token = makeToken(server.app.installation.key, Date.now());
    const sent = await ask('upload', token, Buffer.alloc(2 * 1024 * 1024));
    expect(await sent.json()).toEqual({ bytes: 2 * 1024 * 1024 });
    expect((await ask('upload', token, Buffer.alloc(4 * 1024 * 1024))).status).toBe(413);
    const more = [];
    for (let count = 0; count < 5; count++) more.push((await ask('upload', token, Buffer.alloc(10))).status);
    expect(more.at(-1)).toBe(429);
  });
});
