/** The download of a browser with an empty cache, until an agent sees the first conversation. */
import { agentApi } from '@hoory/contract';
import { expect, test } from 'vitest';
import { describeInChromium, useChromium } from '../../../server/test/browser.ts';
import { call, password } from '../../../server/test/fixtures/account.ts';
import { useAccount } from '../../test/desk-page.ts';

/** Lists that are searched by typing, which long accounts need at once, take 11 kB of it. */
const mostBytes = 435_000;

describeInChromium('a first visit', () => {
  const suite = useAccount(async ({ server, fixture }) => {
    const params = { account_id: fixture.account_id };
    const as = fixture.administrator;
    const contact = { name: 'Ana Ruiz', inbox_id: fixture.inbox.id };
    const created = await call(server, agentApi.agentCreateContact, { as, params, body: contact });
    expect(created.status).toBe(200);
    const body = { inbox_id: fixture.inbox.id, contact_id: 1, message: { content: 'Hello there' } };
    const { status } = await call(server, agentApi.agentCreateConversation, { as, params, body });
    expect(status).toBe(200);
  });
  const { blank } = useChromium();

  test(`to the desk and a conversation downloads at most ${mostBytes} bytes`, async () => {
    const page = await blank();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    let bytes = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(`${suite.server.url}/app`);
    await page.locator('input[type=email]').fill(suite.fixture.administrator.email);
    await page.locator('input[type=password]').fill(password);
    await page.locator('button[type=submit]').click();
    // The agent who comes online is given the conversation.
    await page.getByText('Mine').first().click();
    await page.getByText('Hello there').first().click();
    await page.getByText('Hello there').last().waitFor();
    await page.waitForLoadState('networkidle');
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(mostBytes);
  });
});
