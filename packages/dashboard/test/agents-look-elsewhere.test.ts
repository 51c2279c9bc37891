/** What the desk does in Chromium while nobody looks at it, and while the server is away: its service worker at work. */
import { agentApi } from '@hoory/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { UserRow } from '../../server/src/db/tables.ts';
import { describeInChromium, useChromium } from '../../server/test/browser.ts';
import { asker, converse } from '../../server/test/conversing.ts';
import { call, type Office, openOffice, password } from '../../server/test/office.ts';
import { startTestServer, type TestServer } from '../../server/test/server.ts';

/** A busy machine may take its time. */
const soon = { timeout: 15_000 };

describeInChromium('agents who look elsewhere', () => {
  let server: TestServer;
  let office: Office;

  beforeAll(async () => {
    server = await startTestServer();
    office = await openOffice(server);
  });
  afterAll(() => server.stop());
  const { blank } = useChromium();
  const ask: ReturnType<typeof asker> = (...given) => asker(server, office)(...given);

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
    await page.goto(`${server.url}/app/conversations`);
    await page.fill('input[name=email]', office.member.email);
    await page.fill('input[name=password]', password);
    const settings = page.waitForResponse(/notification_settings/);
    await page.click('button[type=submit]');
    await settings;
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    // What came before its socket is shown by the lists alone.
    const { presence } = server.app;
    await vi.waitFor(
      async () => expect(await presence.isOnline(office.account_id, 'user', office.member.id)).toBe(true),
      soon,
    );
    return page;
  }

  const shown = (page: Page) =>
    page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map(({ title, body, data }) => ({ title, body, data }));
    });

  const closeAll = (page: Page) =>
    page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      for (const one of await worker.getNotifications()) one.close();
    });

  it('are told by notifications of what concerns them, and of nothing else', async () => {
    await call(server, agentApi.agentUpdateInbox, {
      as: office.administrator,
      params: { account_id: office.account_id, id: office.inbox.id },
      body: { enable_auto_assignment: false },
    });
    const page = await lookAway();
    const assign = (id: number, user: UserRow) =>
      ask('agentAssignConversation', id, { as: office.administrator, body: { assignee_id: user.id } });
    const [others, muted, mine] = [
      await converse(server, office),
      await converse(server, office),
      await converse(server, office),
    ];
    // Nobody has them: everybody is told.
    await vi.waitFor(async () => expect(await shown(page)).toHaveLength(3), soon);
    await assign(others.id, office.administrator);
    await ask('agentMuteConversation', muted.id);
    await closeAll(page);
    await assign(mine.id, office.member);
    await vi.waitFor(
      async () =>
        expect(await shown(page)).toMatchObject([
          { title: 'A conversation is assigned to you', body: 'Ann: Hello', data: mine.id },
        ]),
      soon,
    );
    await others.write('For somebody else');
    await muted.write('For nobody');
    await mine.write('For you');
    await vi.waitFor(
      async () => expect(await shown(page)).toMatchObject([{ title: 'Ann', body: 'For you', data: mine.id }]),
      soon,
    );
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
