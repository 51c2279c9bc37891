/** What tests of the desk's pages have in common: a server with an account, contacts who write, and the sign-in. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type AccountFixture, createAccount, password } from '../../server/test/fixtures/account.ts';
import { startTestServer, type TestServer } from '../../server/test/server.ts';

/** A suite's server and fixture. Both can be read once its tests run. */
export interface Suite {
  readonly server: TestServer;
  readonly fixture: AccountFixture;
}

/** One server with two accounts for all tests of a suite, stopped at its end. `prepare` fills it before the first test. */
export function useAccount(prepare?: (suite: Suite) => Promise<unknown>): Suite {
  let opened: Suite | undefined;
  const suite = (): Suite => {
    if (!opened) throw new Error('The server has not started yet');
    return opened;
  };
  beforeAll(async () => {
    const server = await startTestServer();
    opened = { server, fixture: await createAccount(server) };
    await prepare?.(opened);
  });
  afterAll(() => opened?.server.stop());
  return {
    get server() {
      return suite().server;
    },
    get fixture() {
      return suite().fixture;
    },
  };
}

export interface Customer {
  /** Display id of the conversation. */
  id: number;
  say(content: string): Promise<{ id: number }>;
}

/** A new customer of the inbox with a conversation that has no message yet. */
export async function startConversation({ server, fixture }: Suite, name: string): Promise<Customer> {
  const contacts = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
  const post = async (path: string, body: object): Promise<{ id: number; source_id: string }> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(contacts + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const { source_id } = await post('', { name });
  const { id } = await post(`/${source_id}/conversations`, {});
  return { id, say: (content) => post(`/${source_id}/conversations/${id}/messages`, { content }) };
}

/** Signs in and waits for the rail, which a phone hides beside a thread; a device that is signed in already shows it at once. */
export async function signIn(page: Page, email: string): Promise<void> {
  const field = page.locator('input[name=email]');
  const rail = page.locator('nav').first();
  await field.or(rail).first().waitFor({ state: 'attached' });
  if (!(await field.isVisible())) return;
  await field.fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await rail.waitFor({ state: 'attached' });
}
