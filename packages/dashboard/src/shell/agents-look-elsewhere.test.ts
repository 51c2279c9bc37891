/** The desk in Chromium while nobody looks at it and while the server is away: alerts and the service worker. */
import { agentApi } from '@hoory/contract';
import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import type { UserRow } from '../../../server/src/db/tables.ts';
import { describeInChromium, useChromium } from '../../../server/test/browser.ts';
import { call, password } from '../../../server/test/fixtures/account.ts';
import { conversationCaller, createConversation } from '../../../server/test/fixtures/conversation.ts';
import { useAccount } from '../../test/desk-page.ts';

/** A busy machine may take its time. */
const soon = { timeout: 30_000 };

describeInChromium('agents who look elsewhere', () => {
  const suite = useAccount();
  const { blank } = useChromium({ isWhole: true });
  const ask: ReturnType<typeof conversationCaller> = (...given) =>
    conversationCaller(suite.server, suite.fixture)(...given);

  /** Signed in as the member, in a browser that may show notifications and whose window is behind another. */
  async function lookAway(pardon?: RegExp): Promise<Page> {
    const page = await blank({
      locale: 'en',
      serviceWorkers: 'allow',
      permissions: ['notifications'],
      ...(pardon && { pardon }),
    });
    await page.addInitScript(() => {
      document.hasFocus = () => false;
      localStorage.setItem('hoory.desk.alerts', 'on');
    });
    await page.goto(`${suite.server.url}/app/conversations`);
    await page.fill('input[name=email]', suite.fixture.member.email);
    await page.fill('input[name=password]', password);
    const settings = page.waitForResponse(/notification_settings/);
    await page.click('button[type=submit]');
    await settings;
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    // An event before the socket is up reaches the lists only, and alerts nobody.
    const { presence } = suite.server.app;
    await vi.waitFor(
      async () =>
        expect(await presence.isOnline(suite.fixture.account_id, 'user', suite.fixture.member.id)).toBe(true),
      soon,
    );
    return page;
  }

  interface Told {
    title: string;
    body: string;
    /** Id of the conversation that it leads to. */
    id: number;
  }

  /** What Chromium shows from now on, as it says itself: asking the worker takes back what is just about to be shown. */
  async function listen(page: Page): Promise<Told[]> {
    const told: Told[] = [];
    const browser = await page.context().newCDPSession(page);
    browser.on('BackgroundService.backgroundServiceEventReceived', ({ backgroundServiceEvent: event }) => {
      if (event.eventName !== 'Notification displayed') return;
      const part = (name: string) => event.eventMetadata.find(({ key }) => key === name)?.value ?? '';
      told.push({
        title: part('Title'),
        body: part('Body'),
        id: Number(/conversation (\d+)/.exec(event.instanceId)?.[1]),
      });
    });
    await browser.send('BackgroundService.startObserving', { service: 'notifications' });
    await browser.send('BackgroundService.setRecording', { shouldRecord: true, service: 'notifications' });
    return told;
  }

  it('are told by notifications of what concerns them, and of nothing else', async () => {
    await call(suite.server, agentApi.agentUpdateInbox, {
      as: suite.fixture.administrator,
      params: { account_id: suite.fixture.account_id, id: suite.fixture.inbox.id },
      body: { enable_auto_assignment: false },
    });
    const told = await listen(await lookAway());
    const assign = (id: number, user: UserRow) =>
      ask('agentAssignConversation', id, { as: suite.fixture.administrator, body: { assignee_id: user.id } });
    const [others, muted, mine] = [
      await createConversation(suite.server, suite.fixture),
      await createConversation(suite.server, suite.fixture),
      await createConversation(suite.server, suite.fixture),
    ];
    await assign(others.id, suite.fixture.administrator);
    await ask('agentMuteConversation', muted.id);
    await assign(mine.id, suite.fixture.member);
    await others.postMessage('For somebody else');
    await muted.postMessage('For nobody');
    for (const content of ['For you', 'For you too']) await mine.postMessage(content);
    const expected = [
      // Nobody has them: everybody is told.
      ...[others, muted, mine].map(({ id }) => ({ title: 'Ann', body: 'Hello', id })),
      { title: 'A conversation is assigned to you', body: 'Ann: Hello', id: mine.id },
      ...['For you', 'For you too'].map((body) => ({ title: 'Ann', body, id: mine.id })),
    ];
    await vi.waitFor(() => expect(told).toHaveLength(expected.length), soon);
    expect(told).toEqual(expected);
  });

  it('find the desk when the server does not answer', async () => {
    const page = await lookAway(/ERR_INTERNET_DISCONNECTED|Failed to fetch|WebSocket/);
    await page.reload();
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('#root > *').first().waitFor(soon);
    expect(await page.title()).toContain('Hoory');
    await page.context().setOffline(false);
  });
});
