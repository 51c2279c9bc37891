/** The desk in Chromium while its socket cannot connect: the banner names the cause, and an administrator sees the system. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../../../server/test/browser.ts';
import { type Network, openNetwork } from '../../../server/test/network.ts';
import { signIn, useAccount } from '../../test/desk-page.ts';

/** A busy machine may take its time. */
const soon = { timeout: 40_000 };

describeInChromium('agents who lose the connection', () => {
  const suite = useAccount();
  let network: Network;
  beforeAll(async () => {
    network = await openNetwork(Number(new URL(suite.server.url).port));
  });
  afterAll(() => network.stop());
  const { visit } = useChromium();
  const pardon = /WebSocket|Failed to fetch|Failed to load resource|NetworkError/;

  it('read what is wrong: blocked sockets, no network, no server', { timeout: 180_000 }, async () => {
    network.become('no-sockets');
    const page = await visit(`${network.url}/app/settings/system`, { pardon, locale: 'en-GB' });
    await signIn(page, suite.fixture.administrator.email);
    const banner = page.getByRole('status');
    const reads = (text: string) => banner.filter({ hasText: text }).first().waitFor(soon);
    await reads('The live connection is blocked.');
    await page.getByRole('link', { name: 'See the system page' }).waitFor();
    await page.getByText('blocks WebSockets. Events are fetched').waitFor(soon);
    await page.getByText('A second WebSocket could not be opened.').waitFor(soon);
    await page.getByRole('heading', { name: 'Server' }).waitFor(soon);
    await expectAccessible(page);

    await page.context().setOffline(true);
    await reads('You are offline.');
    await page.context().setOffline(false);
    network.become('down');
    await reads('The server cannot be reached.');

    network.become('open');
    await banner
      .filter({ hasText: 'The server cannot be reached.' })
      .first()
      .waitFor({ state: 'detached', ...soon });
    await page.getByText('Events arrive over a WebSocket.').waitFor(soon);
    const again = page.getByRole('button', { name: 'Test again' });
    await again.click();
    await page.getByText('A second WebSocket was opened and welcomed.').waitFor(soon);
    // The socket of the desk stays, and says nothing about new ones.
    network.become('no-new-sockets');
    await again.click();
    await page.getByText('A second WebSocket could not be opened.').waitFor(soon);
    await page.getByText('Events arrive over a WebSocket.').waitFor(soon);
    expect(await page.locator('[role=status] p').count()).toBe(0);
  });

  it('shows administrators what the server finds, with the way of their request', async () => {
    const page = await visit(`${suite.server.url}/app/settings/system`, { locale: 'en-GB' });
    await signIn(page, suite.fixture.administrator.email);
    await page.getByText('Your requests come from 127.0.0.1').waitFor(soon);
    await page.getByText('SMTP_URL is not set: no e-mails are sent').waitFor();
    const checked = page.waitForResponse(/\/system$/);
    await page.getByRole('button', { name: 'Check again' }).click();
    expect((await checked).status()).toBe(200);
  });
});
