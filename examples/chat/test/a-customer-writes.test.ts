/** The example chat in Chromium: somebody comes, writes, sends files, goes offline, comes back. */
import { agentRoom, Cable } from '@hoory/client';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { describeInChromium, expectAccessible, useChromium } from '../../../packages/server/test/browser.ts';
import { type Company, openCompany, sees, settled, soon, texts, write } from './chat-page.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
/** Chromium logs every request that does not get through. */
const pardon = /^logged: .*net::ERR/;

describeInChromium('the chat page', () => {
  let company: Company;
  let at: { account_id: number; conversation_id: number };
  beforeEach(async () => {
    company = await openCompany();
    at = { account_id: company.people.account.id, conversation_id: 1 };
  });
  afterEach(() => company.stop());
  const { visit, blank } = useChromium();

  test('greets somebody who comes for the first time, takes a message and shows the answer', async () => {
    const page = await visit(company.chat);
    await page.getByText('Hello. How can we help?').waitFor();
    await page.getByRole('log', { name: 'Messages' }).waitFor();
    await expectAccessible(page);
    await write(page, 'Where is my order?');
    await sees(page, ['Where is my order?']);
    await settled(page);
    expect(await company.stored()).toEqual(['Where is my order?']);
    await company.answer('It is **on its way**. <img src=x onerror=alert(1)> [no](javascript:alert(1))');
    await sees(page, [
      'Where is my order?',
      'It is on its way. <img src=x onerror=alert(1)> [no](javascript:alert(1))',
    ]);
    expect(await page.locator('.bubble strong').innerText()).toBe('on its way');
    await page.getByText(company.people.agent.name, { exact: true }).waitFor();
    await page.locator('.face').waitFor();
    await page.getByText('Today').waitFor();
    await expectAccessible(page);
    expect(await page.context().cookies()).toEqual([]);
  });

  test('keeps session, messages, draft and waiting messages over a reload', async () => {
    const page = await visit(company.chat, { pardon });
    await write(page, 'Hello');
    await settled(page);
    await page.route('**/messages', (route) => route.abort());
    await write(page, 'Waits');
    await page.locator('.row.fresh').waitFor();
    await page.locator('textarea.text').fill('Half a sent');
    await page.reload();
    await sees(page, ['Hello', 'Waits']);
    expect(await page.locator('textarea.text').inputValue()).toBe('Half a sent');
    await page.unroute('**/messages');
    await write(page, 'Again');
    await settled(page);
    await sees(page, ['Hello', 'Waits', 'Again']);
    expect(await company.stored()).toEqual(['Hello', 'Waits', 'Again']);
  });

  test('is one conversation in two tabs', async () => {
    const page = await visit(company.chat, { pardon });
    await write(page, 'From the first');
    await settled(page);
    const second = await visit(company.chat, { beside: page, pardon });
    await sees(second, ['From the first']);
    await write(second, 'From the second');
    await sees(page, ['From the first', 'From the second']);
    await company.answer('To both');
    for (const tab of [page, second]) await sees(tab, ['From the first', 'From the second', 'To both']);
    expect(await company.stored()).toEqual(['From the first', 'From the second', 'To both']);
    await page.context().setOffline(true);
    for (const tab of [page, second]) await write(tab, 'Offline');
    await page.context().setOffline(false);
    for (const tab of [page, second]) await settled(tab);
    await vi.waitFor(async () => expect((await texts(page)).slice(3)).toEqual(['Offline', 'Offline']), soon);
    expect((await company.stored()).slice(3)).toEqual(['Offline', 'Offline']);
  });

  test('shows both sides who is online and who is typing, and shows that the agent has read', async () => {
    const cable = new Cable({ base: company.url, WebSocket });
    try {
      const desk = cable.subscribe(await agentRoom(company.agent, at.account_id));
      const typists: string[] = [];
      desk.on('conversation.typing_on', ({ user }) => typists.push(user.type));
      desk.on('conversation.typing_off', ({ user }) => typists.push(`${user.type} no more`));
      await vi.waitFor(() => expect(desk.state).toBe('live'), soon);
      const page = await visit(company.chat);
      await page.getByText('Online now · answers within minutes', { exact: true }).waitFor();
      await write(page, 'Hello');
      await settled(page);
      await page.locator('textarea.text').pressSequentially('abc');
      await vi.waitFor(() => expect(typists).toEqual(['contact']), soon);
      // Nobody writes for ever who says no more.
      await vi.waitFor(() => expect(typists).toEqual(['contact', 'contact no more']), soon);

      const conversation = '/api/v1/accounts/{account_id}/conversations/{conversation_id}' as const;
      await company.agent.call(`POST ${conversation}/update_last_seen`, at);
      await company.agent.call(`POST ${conversation}/toggle_typing_status`, { ...at, typing_status: 'on' });
      const { name } = company.people.agent;
      await page.getByText(`${name} is writing`).waitFor();
      await page.getByText('✓✓ Read').waitFor();
      await company.answer('Hi');
      await page.getByText(`${name} · Online now · answers within minutes`, { exact: true }).waitFor();
      await vi.waitFor(async () => expect(await page.locator('.typing').innerText()).toBe(''), soon);
    } finally {
      cable.close();
    }
  });

  test('shows pictures and files by button, drop and paste', async () => {
    const page = await visit(company.chat);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([
        { name: 'photo.png', mimeType: 'image/png', buffer: png },
        { name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('Paid.') },
        { name: 'IMG_1.heic', mimeType: 'image/heic', buffer: Buffer.from('not every browser draws it') },
      ]);
    expect(await page.locator('.files button:has(img)').allInnerTexts()).toEqual(['photo.png ×']);
    await drag(page, 'drop', 'dropped.txt');
    await drag(page, 'paste', 'pasted.txt');
    await page.getByRole('button', { name: 'Remove: dropped.txt' }).click();
    await expectAccessible(page);
    await write(page, 'Here it is');
    await settled(page);
    await vi.waitFor(
      () =>
        page
          .locator('.row .picture img')
          .evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth === 1)
          .then((isShown) => expect(isShown).toBe(true)),
      soon,
    );
    expect(await page.locator('.row .file').allInnerTexts()).toEqual([
      'receipt.txt',
      'IMG_1.heic',
      'pasted.txt',
    ]);
    const address = await page.locator('.row a.file').first().getAttribute('href');
    expect(await (await fetch(address as string)).text()).toBe('Paid.');
    await expectAccessible(page);
  });

  test('shows the progress of an upload, and cancels it', async () => {
    const page = await visit(company.chat, { pardon });
    const network = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 50_000 };
    await network.send('Network.emulateNetworkConditions', slow);
    const file = { name: 'film.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(6_000_000) };
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(/Sending [1-9]\d? %/).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.locator('.row.fresh').waitFor({ state: 'detached' });
    await network.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    await write(page, 'Never mind');
    await settled(page);
    expect(await texts(page)).toEqual(['Never mind']);
    expect(await page.locator('.row .file').count()).toBe(0);
    expect(await company.stored()).toEqual(['Never mind']);
  });

  test('says why a message was not sent, and sends it again', async () => {
    const small = await openCompany({ settings: { HOORY_MAX_FILE: '10KB' } });
    try {
      const page = await visit(small.chat, { pardon: /status of 4/ });
      const file = { name: 'film.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(100_000) };
      await page.locator('input[type=file]').first().setInputFiles(file);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Not sent: the file is too large').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Discard' }).click();
      await page.route('**/messages', (route) => route.fulfill({ status: 422, json: { message: 'No' } }));
      await write(page, 'Refused at first');
      await page.getByText('Not sent').waitFor();
      await page.unroute('**/messages');
      await page.getByRole('button', { name: 'Try again' }).click();
      await settled(page);
      expect(await small.stored()).toEqual(['Refused at first']);
    } finally {
      await small.stop();
    }
  });

  test('offers to load messages again after a failure', async () => {
    const page = await visit(company.chat, { pardon: /status of 500/ });
    await write(page, 'Hello');
    await settled(page);
    await page.route('**/conversations/1', (route) =>
      route.fulfill({
        status: 500,
        headers: { 'x-request-id': 'r-1' },
        json: { status: 500, error: 'Broken' },
      }),
    );
    await page.reload();
    await page.getByText(/^The messages could not be loaded\..* r-1$/).waitFor();
    await expectAccessible(page);
    await page.unroute('**/conversations/1');
    await page.getByRole('button', { name: 'Try again' }).click();
    await sees(page, ['Hello']);
    await page.getByText('The messages could not be loaded.').waitFor({ state: 'hidden' });
  });

  test('keeps messages written offline, and sends them once, also when an answer is lost', async () => {
    const page = await blank({ pardon });
    let lost = 0;
    await page.route('**/messages', async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await page.goto(company.chat);
    await write(page, 'Taken, but the answer is lost');
    await settled(page);
    await page.context().setOffline(true);
    await page.getByText('You are offline. What you write will be sent.').waitFor();
    await write(page, 'First');
    await write(page, 'Second');
    expect(await page.locator('.row.fresh .state').allInnerTexts()).toEqual(
      Array(2).fill('Will be sentDiscard'),
    );
    await expectAccessible(page);
    expect(await company.stored()).toEqual(['Taken, but the answer is lost']);
    await page.context().setOffline(false);
    await settled(page);
    await page.getByText('You are offline').waitFor({ state: 'hidden' });
    await sees(page, ['Taken, but the answer is lost', 'First', 'Second']);
    await page.reload();
    await sees(page, ['Taken, but the answer is lost', 'First', 'Second']);
    await settled(page);
    expect(await company.stored()).toEqual(['Taken, but the answer is lost', 'First', 'Second']);
  });

  test('shows without a connection that messages wait, that a reload loses files, and nobody as online', async () => {
    const { account } = company.people;
    await company.app.presence.enter(account.id, 'user', company.people.agent.id);
    const page = await visit(company.chat, { pardon });
    const who = page.locator('.who');
    await vi.waitFor(async () => expect(await who.innerText()).toContain('Online now'), soon);
    await write(page, 'Hello');
    await settled(page);
    // The page itself comes from elsewhere, as on a site that embeds the chat.
    await page.route('**/public/**', (route) => route.abort());
    await page.routeWebSocket('**/cable*', (socket) => socket.close());
    const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('abc') };
    const states = () => page.locator('.row.fresh .state').allInnerTexts();
    await write(page, 'First');
    await page.locator('input[type=file]').first().setInputFiles(note);
    await page.locator('textarea.text').press('Enter');
    await vi.waitFor(async () => expect(await states()).toEqual(Array(2).fill('Will be sentDiscard')), soon);
    await page.reload();
    await page.getByText('You are offline').waitFor();
    await vi.waitFor(
      async () =>
        expect(await states()).toEqual(['Will be sentDiscard', 'Not sent: attach the files again Discard']),
      soon,
    );
    expect(await who.innerText()).toBe('Leave a message, we will answer here');
    await expectAccessible(page);
    await page.unrouteAll();
    await vi.waitFor(async () => expect(await company.stored()).toEqual(['Hello', 'First']), soon);
  });

  test('says that a message waits while an attempt to send it hangs', async () => {
    const page = await blank({ pardon });
    let isCut = false;
    const hang = (go: () => unknown) => (isCut ? undefined : go());
    await page.route('**/public/**', (route) => hang(() => route.continue()));
    await page.routeWebSocket('**/cable*', (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((text) => hang(() => server.send(text)));
      server.onMessage((text) => hang(() => socket.send(text)));
    });
    await page.goto(company.chat);
    await write(page, 'Hello');
    await settled(page);
    isCut = true;
    await write(page, 'Waits');
    const state = page.locator('.row.fresh .state');
    await vi.waitFor(async () => expect(await state.innerText()).toBe('Will be sentDiscard'), {
      timeout: 40_000,
    });
    await page.getByText('You are offline').waitFor();
  });

  test('counts unread messages in the title while the page is hidden', async () => {
    const page = await blank();
    await page.addInitScript(() => {
      Object.defineProperty(document, 'visibilityState', {
        get: () => ((window as { away?: true }).away ? 'hidden' : 'visible'),
      });
    });
    await page.goto(company.chat);
    await write(page, 'Hello');
    await settled(page);
    const look = (away: boolean) =>
      page.evaluate((is) => {
        Object.assign(window, { away: is });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      }, away);
    await look(true);
    await vi.waitFor(async () => {
      await company.answer('Are you there?');
      expect(await page.title()).toMatch(/^\(\d\) App$/);
    }, soon);
    await look(false);
    await vi.waitFor(async () => expect(await page.title()).toBe('App'), soon);
  });

  test('leaves the reader where they are when messages come before and after', async () => {
    const page = await blank();
    await page.goto(company.chat);
    await write(page, 'Hello');
    await settled(page);
    for (let i = 1; i <= 59; i++) await company.answer(`Line ${i}`);
    await sees(page, ['Hello', ...Array.from({ length: 59 }, (_, i) => `Line ${i + 1}`)]);
    const answers = await holdAnswers(page);
    await page.reload();
    await page.getByText('Line 40', { exact: true }).waitFor({ state: 'attached' });
    expect(await page.getByText('Line 30', { exact: true }).count()).toBe(0);
    const placeOf = (text: string) =>
      page.getByText(text, { exact: true }).evaluate((one) => Math.round(one.getBoundingClientRect().top));
    const isOlderAsked = page.waitForRequest(/\/messages\?/);
    // The chat draws before it hears of the scroll, and gets the conversation again after it.
    await page.locator('.log').evaluate((log) => {
      log.scrollTo(0, 30);
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    const before = await placeOf('Line 42');
    answers.others.release();
    await isOlderAsked;
    expect(Math.abs((await placeOf('Line 42')) - before)).toBeLessThanOrEqual(1);
    answers.older.release();
    await page.getByText('Line 25', { exact: true }).waitFor({ state: 'attached' });
    // A browser rounds the heights of lines.
    expect(Math.abs((await placeOf('Line 42')) - before)).toBeLessThanOrEqual(1);
    const middle = await placeOf('Line 42');
    await company.answer('The newest');
    await page.getByRole('button', { name: 'New messages' }).waitFor();
    expect(Math.abs((await placeOf('Line 42')) - middle)).toBeLessThanOrEqual(1);
    await page.getByRole('button', { name: 'New messages' }).click();
    await page.getByText('The newest').waitFor();
    expect(await page.getByRole('button', { name: 'New messages' }).isVisible()).toBe(false);
  });
});

/**
 * Holds the answers about the conversation of a page that is loaded again: the first until the socket is subscribed, so that the
 * page has begun to fetch it a second time; the `others`, and those with `older` messages, until they are released. They have the
 * newest messages only, as a server may answer (client-api.md section 11).
 */
async function holdAnswers(page: Page) {
  const [isSubscribed, others, older] = [openGate(), openGate(), openGate()];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('confirm_subscription')) isSubscribed.release();
    }),
  );
  let count = 0;
  await page.route('**/conversations/1', async (route) => {
    const gate = count++ === 0 ? isSubscribed : others;
    const answer = await route.fetch();
    const conversation = (await answer.json()) as { messages: unknown[] };
    const messages = conversation.messages.slice(-20);
    await gate.isReleased;
    await route.fulfill({ response: answer, json: { ...conversation, messages } });
  });
  await page.route(/\/messages\?/, async (route) => {
    await older.isReleased;
    await route.continue();
  });
  return { others, older };
}

function openGate() {
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { release, isReleased };
}

/** Drops or pastes a file of this name onto the composer. */
async function drag(page: Page, event: 'drop' | 'paste', name: string): Promise<void> {
  await page.locator('textarea.text').evaluate(
    (composer, given) => {
      const files = new DataTransfer();
      files.items.add(new File(['abc'], given.name, { type: 'text/plain' }));
      const init = { bubbles: true, composed: true, cancelable: true };
      composer.dispatchEvent(
        given.event === 'drop'
          ? new DragEvent('drop', { ...init, dataTransfer: files })
          : new ClipboardEvent('paste', { ...init, clipboardData: files }),
      );
    },
    { event, name },
  );
}
