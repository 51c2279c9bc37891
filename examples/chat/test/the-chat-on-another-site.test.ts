/** The launcher in Chromium, on a site that is not ours: what it may not disturb, its panel, phones, and who it is. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hmacHex } from '../../../packages/server/src/secrets.ts';
import {
  describeInChromium,
  expectAccessible,
  useChromium,
  type VisitOptions,
} from '../../../packages/server/test/browser.ts';
import { type Site, startSite } from '../../../packages/server/test/site.ts';
import { type Company, openCompany, sees, settled, soon, write } from './chat-page.ts';

const phone: VisitOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describeInChromium('the chat on another site', () => {
  let company: Company;
  let site: Site;
  let pages: Record<string, string>;
  beforeEach(async () => {
    company = await openCompany();
    pages = { '/': pageWith() };
    site = await startSite(pages);
  });
  afterEach(async () => {
    await site.stop();
    await company.stop();
  });
  const { visit, blank } = useChromium();

  /** A page with its own ideas of how everything looks, and a strict policy for what runs on it. */
  function pageWith(attributes = ''): string {
    const { url } = company;
    const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${url}; connect-src ${url} ${url.replace('http', 'ws')}; img-src data: ${url}`;
    return `<!doctype html><html lang="en"><head><title>A shop</title><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>:root{--hoory-accent:rgb(90, 40, 120)}
body{display:grid;gap:40px;font:30px/3 serif;text-transform:uppercase;letter-spacing:9px}
body>*{margin:20px;border:2px dotted;display:block;position:relative;width:50%}
button{width:300px;background:red}</style></head>
<body><main><h1>A shop</h1><p>Things to buy</p><button>Buy</button></main>
<script src="${url}/chat.js" data-inbox="${company.people.inbox.identifier}" ${attributes}></script></body></html>`;
  }

  const enter = (options: VisitOptions = {}) => visit(site.url, { origins: [company.url], ...options });
  const bubble = (page: Page) => page.locator('.launcher');
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.localName);
  const boxOf = (page: Page, selector: string) => page.locator(selector).boundingBox();
  const open = async (page: Page) => {
    await bubble(page).click();
    await page.getByText('Hello. How can we help?').waitFor();
  };

  test('moves nothing on the page, sends no request before it is opened, and sets no cookie', async () => {
    const page = await blank({ origins: [company.url] });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        // A shift within half a second of a click is no fault.
        for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
          if (!entry.hadRecentInput) shifts.push(entry.value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(site.url);
    await bubble(page).waitFor();
    expect(asked.filter((address) => address.startsWith(company.url))).toEqual([`${company.url}/chat.js`]);
    const measure = () =>
      page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.scrollHeight,
        ...[...document.querySelectorAll('main, main *')].map((one) =>
          JSON.stringify(one.getBoundingClientRect()),
        ),
      ]);
    const before = await measure();
    await expectAccessible(page);
    await open(page);
    await write(page, 'Hello');
    await settled(page);
    await expectAccessible(page);
    expect(await measure()).toEqual(before);
    await page.evaluate(() => document.querySelector('hoory-launcher')?.remove());
    expect(await measure()).toEqual(before);
    expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
  });

  test('keeps its look under any styles of the page, in the colours that the page sets for it', async () => {
    const page = await enter({ viewport: { width: 1280, height: 900 } });
    expect(await boxOf(page, '.launcher')).toMatchObject({ width: 56, height: 56 });
    expect(await bubble(page).evaluate((one) => getComputedStyle(one).backgroundColor)).toBe(
      'rgb(90, 40, 120)',
    );
    await open(page);
    expect(await boxOf(page, '.panel')).toMatchObject({ width: 380, height: 640 });
    const text = await page.locator('.welcome .bubble').evaluate((one) => {
      const { fontSize, letterSpacing, textTransform } = getComputedStyle(one);
      return { fontSize, letterSpacing, textTransform };
    });
    expect(text).toEqual({ fontSize: '15px', letterSpacing: 'normal', textTransform: 'none' });
    await page.setViewportSize({ width: 1280, height: 600 });
    expect(await boxOf(page, '.panel')).toMatchObject({ width: 380, height: 504 });
  });

  test('closes with Escape, counts messages that come meanwhile, and does not hold the focus', async () => {
    const page = await enter();
    await open(page);
    expect(await page.locator('textarea.text').evaluate((one) => one.matches(':focus'))).toBe(true);
    await write(page, 'Hello');
    await settled(page);
    const places = new Set<string | undefined>();
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      places.add(await focused(page));
    }
    expect(places).toContain('button');
    await page.locator('textarea.text').focus();
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'hidden' });
    expect(await bubble(page).evaluate((one) => one.matches(':focus'))).toBe(true);
    // Seen messages are counted in whole seconds: repeat until an answer is in a later second.
    await vi.waitFor(async () => {
      await company.answer('Are you there?');
      await page.getByRole('button', { name: /^Open chat, \d unread$/ }).waitFor({ timeout: 500 });
    }, soon);
    expect(await page.title()).toMatch(/^\(\d\) A shop$/);
    await expectAccessible(page);
    await bubble(page).click();
    await page.getByText('Are you there?').last().waitFor();
    await page.locator('.count').waitFor({ state: 'hidden' });
    expect(await page.title()).toBe('A shop');
  });

  test('takes the whole screen of a phone and holds the focus there until it is closed', async () => {
    const page = await enter(phone);
    await open(page);
    expect(await boxOf(page, '.panel')).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    await write(page, 'Hello');
    await settled(page);
    await expectAccessible(page);
    for (const key of [...Array(10).fill('Tab'), ...Array(10).fill('Shift+Tab')]) {
      await page.keyboard.press(key);
      expect(await focused(page)).toBe('hoory-launcher');
    }
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.documentElement.style.overflow)).toBe('');
    await page.getByRole('button', { name: 'Buy' }).focus();
    expect(await focused(page)).toBe('button');
    await bubble(page).click();
    await page.locator('.panel').waitFor();
    await page.setViewportSize({ width: 900, height: 800 });
    await vi.waitFor(async () => expect(await boxOf(page, '.panel')).toMatchObject({ width: 380 }), soon);
  });

  test('uses the language of its attribute, from right to left for Arabic', async () => {
    pages['/'] = pageWith('data-lang="ar"');
    const page = await enter({ viewport: { width: 1000, height: 800 } });
    await page.getByRole('button', { name: 'فتح المحادثة' }).click();
    await page.getByText('مرحبًا. كيف يمكننا مساعدتك؟').waitFor();
    expect((await boxOf(page, '.launcher'))?.x).toBe(20);
    await write(page, 'مرحبا');
    await vi.waitFor(
      async () => expect(await page.locator('.row.own .time').innerText()).toContain('أُرسلت'),
      soon,
    );
    const own = await boxOf(page, '.row.own .bubble');
    const panel = await boxOf(page, '.panel');
    expect((own?.x ?? 0) - (panel?.x ?? 0)).toBe(16);
    await expectAccessible(page);
    for (const [locale, words] of [
      ['de-DE', 'Hallo. Wie können wir helfen?'],
      ['fr', 'Bonjour. Comment pouvons-nous vous aider ?'],
      ['ja', 'Hello. How can we help?'],
    ] as const) {
      const other = await visit(company.chat, { locale });
      await other.getByText(words).waitFor();
    }
  });

  test('is dark by the preference of the reader, or of the page', async () => {
    const lightness = (page: Page) =>
      page
        .locator('.chat')
        .evaluate((one) => Number(/oklch\(([\d.]+)/.exec(getComputedStyle(one).backgroundColor)?.[1]));
    const page = await visit(company.chat, { colorScheme: 'dark' });
    await write(page, 'Hello');
    await settled(page);
    await company.answer('Good evening', {
      content_type: 'input_select',
      content_attributes: { items: [{ title: 'Yes', value: 'y' }] },
    });
    await sees(page, ['Hello', 'Good evening']);
    expect(await lightness(page)).toBeLessThan(0.3);
    await expectAccessible(page);
    await company.agent.call(
      'POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/toggle_status',
      {
        account_id: company.people.account.id,
        conversation_id: 1,
        status: 'resolved',
      },
    );
    await page.getByText('This conversation has ended.').waitFor();
    await expectAccessible(page);
    pages['/'] = pageWith('data-theme="dark"');
    const light = await enter({ colorScheme: 'light' });
    await open(light);
    expect(await lightness(light)).toBeLessThan(0.3);
  });

  test('opens the customer’s conversations by the proof of the page, on every device, and forgets them with the proof', async () => {
    const identifier = 'customer-1042';
    const hash = hmacHex(company.people.inbox.hmac_token, identifier);
    const proof = `data-identifier="${identifier}" data-identifier-hash="${hash}" data-name="Ada"`;
    pages['/'] = pageWith(proof);
    const page = await enter();
    await open(page);
    await write(page, 'It is me');
    await settled(page);
    const elsewhere = await enter();
    await bubble(elsewhere).click();
    await sees(elsewhere, ['It is me']);
    const { meta } = await company.agent.call(
      'GET /api/v1/accounts/{account_id}/conversations/{conversation_id}',
      { account_id: company.people.account.id, conversation_id: 1 },
    );
    expect(meta).toMatchObject({ sender: { name: 'Ada', identifier }, hmac_verified: true });

    pages['/'] = pageWith();
    await page.reload();
    await open(page);
    expect(await page.getByText('It is me').count()).toBe(0);

    // A page that signs somebody in without a reload sets the attributes itself.
    await page.locator('hoory-chat').evaluate(
      (chat, [who, mark]) => {
        chat.setAttribute('identifier', who);
        chat.setAttribute('identifier-hash', mark);
      },
      [identifier, hash] as [string, string],
    );
    await sees(page, ['It is me']);
    await page.locator('hoory-chat').evaluate((chat) => chat.removeAttribute('identifier'));
    await page.getByText('Hello. How can we help?').waitFor();
    expect(await page.getByText('It is me').count()).toBe(0);
  });

  test('shows a refusal of the server', async () => {
    pages['/'] = pageWith('data-identifier="customer-1042" data-identifier-hash="wrong"');
    const page = await enter({ pardon: /status of 401/ });
    await bubble(page).click();
    await page.getByText(/^This chat cannot be opened\./).waitFor();
    await expectAccessible(page);
  });
});
