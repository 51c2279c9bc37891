/** Where a request came from, behind proxies: limits by address believe only those that a setting names. */
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../test/server.ts';

/** Six wrong sign-ins, the last as from another address. An address has five. @returns the last status */
async function statusAsAnother(settings: Record<string, string>, from: string[]): Promise<number> {
  const server = await startTestServer({ settings: { HOORY_RATE_LIMITS: 'on', ...settings } });
  try {
    let status = 0;
    for (const [index, address] of from.entries()) {
      const body = JSON.stringify({ email: `nobody${index}@example.test`, password: 'Wrong-123' });
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
      status = (await fetch(`${server.url}/auth/sign_in`, { method: 'POST', headers, body })).status;
    }
    return status;
  } finally {
    await server.stop();
  }
}

const five = Array<string>(5).fill('203.0.113.1');

describe('X-Forwarded-For', () => {
  it('is used when a trusted proxy sends it: a limit for one client does not refuse the others', async () => {
    const settings = { HOORY_TRUSTED_PROXIES: '127.0.0.0/8, ::1' };
    expect(await statusAsAnother(settings, [...five, '203.0.113.2'])).toBe(401);
    expect(await statusAsAnother(settings, [...five, '203.0.113.1'])).toBe(429);
  });

  it('gives the last address that is not a trusted proxy', async () => {
    const settings = { HOORY_TRUSTED_PROXIES: '127.0.0.1' };
    const claimed = five.map((address, index) => `198.51.100.${index}, ${address}`);
    expect(await statusAsAnother(settings, [...claimed, '198.51.100.9, 203.0.113.1'])).toBe(429);
  });

  it.each<Record<string, string>>([{}, { HOORY_TRUSTED_PROXIES: '10.0.0.0/8' }])(
    'is ignored from any other sender',
    async (settings) => {
      expect(await statusAsAnother(settings, [...five, '203.0.113.2'])).toBe(429);
    },
  );
});
