/** Limits that single endpoints have of their own (application-api.md section 1). */
import { agentApi, type Throttle } from '@hoory/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
let account: TestAccount;
let now = Date.now();

beforeEach(async () => {
  server = await startTestServer({ settings: { HOORY_RATE_LIMITS: 'on' }, now: () => now });
  account = await createTestAccount(server.app);
});

afterEach(() => server.stop());

const throttled = Object.entries(agentApi).filter(([, endpoint]) => 'throttle' in endpoint);

it('exist for the searches, counts, uploads and reports that are costly', () => {
  const limits = new Map(
    throttled.map(([, endpoint]) => {
      const { name, most, seconds, per } = (endpoint as { throttle: Throttle }).throttle;
      return [name, `${most} in ${seconds} s of one ${per}`];
    }),
  );
  expect(Object.fromEntries(limits)).toEqual({
    contact_search: '100 in 60 s of one account',
    conversation_meta: '30 in 60 s of one user',
    uploads: '60 in 3600 s of one account',
    reports: '100 in 60 s of one user',
  });
});

it.each(throttled)(
  '%s is refused beyond its limit, for its owner only, until the time is over',
  async (_name, endpoint) => {
    const { most, seconds, per } = (endpoint as { throttle: Throttle }).throttle;
    const path = endpoint.path.replace('{account_id}', String(account.account.id));
    const ask = ({ access_token }: { access_token: string }) =>
      fetch(server.url + path, { method: endpoint.method, headers: { api_access_token: access_token } });
    const { administrator, agent } = account;
    for (let count = 0; count < most; count++) expect((await ask(administrator)).status).not.toBe(429);
    const refused = await ask(administrator);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(seconds);
    expect(await refused.json()).toMatchObject({ error: expect.any(String) });
    if (endpoint.auth === 'agent') expect((await ask(agent)).status === 429).toBe(per === 'account');
    now += seconds * 1000;
    expect((await ask(administrator)).status).not.toBe(429);
  },
);
