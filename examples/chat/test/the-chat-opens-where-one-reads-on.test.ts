/** The embedded chat in Chromium, opened again and again: at the newest message or at the unread line, and nowhere while hidden. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeInChromium, useChromium, type VisitOptions } from '../../../packages/server/test/browser.ts';
import { type Site, startSite } from '../../../packages/server/test/site.ts';
import { type Company, openCompany, settled, soon, write } from './chat-page.ts';

const sizes: Record<string, VisitOptions> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

describeInChromium('the chat opens where one reads on', () => {
  let company: Company;
  let site: Site;
  let pages: Record<string, string>;
  let clock: number;
  beforeEach(async () => {
    clock = Date.now();
    company = await openCompany({ now: () => clock });
    pages = { '/': pageWith('') };
    site = await startSite(pages);
  });
  afterEach(async () => {
    await site.stop();
    await company.stop();
  });
  const { visit } = useChromium();

  const pageWith = (attributes: string, root = 'lang="en"') =>
    `<!doctype html><html ${root}><head><title>A shop</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1"></head><body><main><button>Buy</button></main>
<script src="${company.url}/chat.js" data-inbox="${company.people.inbox.identifier}" ${attributes}></script></body></html>`;

  const enter = (options: VisitOptions) => visit(site.url, { origins: [company.url], ...options });
  const open = async (page: Page) => {
    await page.locator('.launcher').dispatchEvent('click');
    await page.locator('.panel .log').waitFor();
  };
  const close = async (page: Page) => {
    await page.locator('.launcher').dispatchEvent('click');
    await page.locator('.panel').waitFor({ state: 'hidden' });
  };
  /** The agent writes texts that begin with the word, a second apart: what is unread is told by seconds. */
  const answer = async (word: string, count: number) => {
    for (let at = 1; at <= count; at++) {
      clock += 1000;
      await company.answer(`${word} ${at}.`);
    }
  };
  /** Whether the row with this text, or the line, is wholly on the screen. */
  const isSeen = (page: Page, text: string) =>
    page.locator('.log').evaluate((log, wanted) => {
      const row = [...log.children].find((one) => one.textContent?.includes(wanted));
      const [place, box] = [row?.getBoundingClientRect(), log.getBoundingClientRect()];
      return place !== undefined && place.top >= box.top - 1 && place.bottom <= box.bottom + 1;
    }, text);
  const sees = (page: Page, text: string) =>
    vi.waitFor(async () => expect(await isSeen(page, text)).toBe(true), soon);
  /** Waits until the server knows that the customer has seen everything: it notes the time of the call. */
  const read = () =>
    vi.waitFor(async () => {
      const { db } = company.app;
      const row = await db.get(db.q.selectFrom('conversations').select('contact_last_seen_at'));
      expect(row?.contact_last_seen_at).toBe(clock);
    }, soon);
  const hasUnread = (page: Page) => page.locator('.unread').count();

  describe.each(Object.entries(sizes))('on a %s', (_, size) => {
    test('at the newest message, at the line where unread ones do not fit, at every opening', async () => {
      const page = await enter(size);
      await open(page);
      await write(page, 'Hello');
      await settled(page);
      await answer('first', 30);
      await sees(page, 'first 30.');
      await read();
      await close(page);
      await open(page);
      await sees(page, 'first 30.');
      expect(await hasUnread(page)).toBe(0);

      await close(page);
      await answer('second', 3);
      await page.locator('.count', { hasText: '3' }).waitFor();
      await open(page);
      await sees(page, 'second 3.');
      expect([await hasUnread(page), await isSeen(page, 'New messages')]).toEqual([1, true]);
      await read();

      await close(page);
      await answer('third', 40);
      await page.locator('.count', { hasText: '9+' }).waitFor();
      await open(page);
      await sees(page, 'third 1.');
      expect(await isSeen(page, 'New messages')).toBe(true);
      expect(await isSeen(page, 'third 40.')).toBe(false);
      await page.locator('.latest').click();
      await sees(page, 'third 40.');
      await answer('fourth', 1);
      await sees(page, 'fourth 1.');
      await read();

      await page.reload();
      await open(page);
      await sees(page, 'fourth 1.');
      expect(await hasUnread(page)).toBe(0);

      await page.goto('about:blank');
      await answer('fifth', 40);
      await page.goto(site.url);
      await open(page);
      await sees(page, 'fifth 1.');
      expect(await isSeen(page, 'New messages')).toBe(true);
    });

    test('at the end, also when heights change later and when the page is loaded again', async () => {
      const page = await visit(company.chat, size);
      await write(page, 'Hello');
      await settled(page);
      await answer('long', 30);
      await sees(page, 'long 30.');
      await read();
      await page.reload();
      await sees(page, 'long 30.');
      for (const height of ['200px', '20px', '400px']) {
        await page
          .locator('.row')
          .nth(-3)
          .evaluate((row, minHeight) => Object.assign((row as HTMLElement).style, { minHeight }), height);
        await sees(page, 'long 30.');
      }
      await page.setViewportSize({ width: 390, height: 500 });
      await sees(page, 'long 30.');
      await page.locator('.log').hover();
      await page.mouse.wheel(0, -600);
      await vi.waitFor(async () => expect(await isSeen(page, 'long 30.')).toBe(false), soon);
      await answer('new', 1);
      await page.getByRole('button', { name: 'New messages' }).waitFor();
      expect(await isSeen(page, 'new 1.')).toBe(false);
    });
  });

  test('nowhere while the launcher is hidden: no place, no stop for the focus, no count', async () => {
    const page = await enter(sizes.desktop!);
    await open(page);
    await write(page, 'Hello');
    await settled(page);
    await close(page);
    await page.locator('hoory-launcher').evaluate((one) => {
      (one as HTMLElement).hidden = true;
    });
    await answer('unseen', 2);
    expect(await page.locator('hoory-launcher').evaluate((one) => one.checkVisibility())).toBe(false);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.localName)).not.toBe('hoory-launcher');
    await page.locator('hoory-launcher').evaluate((one) => {
      (one as HTMLElement).hidden = false;
    });
    await page.locator('.count', { hasText: '2' }).waitFor();
  });

  test.each([
    ['lang="ar" dir="rtl"', '', 'rtl', 'مرحبًا. كيف يمكننا مساعدتك؟'],
    ['lang="ar"', '', 'rtl', 'مرحبًا. كيف يمكننا مساعدتك؟'],
    ['lang="de"', '', 'ltr', 'Hallo. Wie können wir helfen?'],
    ['lang="he" dir="rtl"', '', 'rtl', 'Hello. How can we help?'],
    ['lang="ar" dir="rtl"', 'data-lang="fr"', 'ltr', 'Bonjour. Comment pouvons-nous vous aider ?'],
    ['lang="de" dir="ltr"', 'data-dir="rtl"', 'rtl', 'Hallo. Wie können wir helfen?'],
  ])('in the language and direction of the page: %s %s', async (root, attributes, dir, greeting) => {
    pages['/'] = pageWith(attributes, root);
    const page = await enter({ ...sizes.desktop, locale: 'en' });
    await open(page);
    await page.getByText(greeting).waitFor();
    const direction = (selector: string) =>
      page.locator(selector).evaluate((one) => getComputedStyle(one).direction);
    expect([await direction('.launcher'), await direction('.chat')]).toEqual([dir, dir]);
    const side = await page.locator('.launcher').evaluate((one) => one.getBoundingClientRect().x < 600);
    expect(side).toBe(dir === 'rtl');
    // A place in the page takes what stands around it.
    await page.evaluate((inbox) => {
      const box = document.body.appendChild(document.createElement('div'));
      box.innerHTML = `<section lang="fr" dir="rtl" style="height:400px"><hoory-chat id="own" inbox="${inbox}"></hoory-chat></section>`;
    }, company.people.inbox.identifier);
    await page.locator('#own').getByText('Bonjour. Comment pouvons-nous vous aider ?').waitFor();
    expect(await direction('#own .chat')).toBe('rtl');
  });
});
