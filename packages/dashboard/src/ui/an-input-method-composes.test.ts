/** Text composed with an input method in Chromium, at the desk and in the chat: the Enter that chooses a candidate sends nothing. */
import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInChromium, useChromium } from '../../../server/test/browser.ts';
import { password } from '../../../server/test/fixtures/account.ts';
import { useAccount } from '../../test/desk-page.ts';

describeInChromium('an input method composes', () => {
  const suite = useAccount();
  const { visit } = useChromium();

  /** Enter as the input method's: its key code is 229, and its default action that of Enter. */
  const pressComposed = async (cdp: CDPSession) => {
    const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, text: '\r' };
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  };
  /** Chromium's order: the key comes while text is composed. Then Safari's: the composition ends before its key comes. */
  async function compose(page: Page): Promise<void> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Enter', windowsVirtualKeyCode: 229 });
    await cdp.send('Input.insertText', { text: '日本' });
    await pressComposed(cdp);
    await cdp.detach();
  }
  const stored = async () => {
    const { db } = suite.server.app;
    // Without the lines about what happened.
    const written = db.q.selectFrom('messages').select('content').where('message_type', 'in', [0, 1]);
    return (await db.all(written)).map(({ content }) => content);
  };

  it('without sending a message, signing in or saving a field', async () => {
    const chat = await visit(`${suite.server.url}/chat/${suite.fixture.inbox.identifier}`);
    await chat.locator('textarea.text').focus();
    await compose(chat);
    expect((await chat.locator('textarea.text').inputValue()).trim()).toBe('日本');
    expect(await chat.locator('.row.own').count()).toBe(0);
    await chat.keyboard.press('Enter');
    await chat.getByText('✓ Sent').waitFor();
    expect(await stored()).toEqual([expect.stringMatching(/^日本$/)]);

    const desk = await visit(`${suite.server.url}/app/conversations/1?tab=all`, { locale: 'en' });
    const requests: string[] = [];
    desk.on('request', (request) => request.method() !== 'GET' && requests.push(request.url()));
    await desk.fill('input[name=password]', password);
    await desk.locator('input[name=email]').focus();
    await compose(desk);
    await desk.locator('input[name=email]').fill('mo@shop.test');
    expect(requests).toEqual([]);
    await desk.keyboard.press('Enter');

    const composer = desk.locator('[data-composer]');
    await composer.focus();
    await compose(desk);
    expect((await composer.inputValue()).trim()).toBe('日本');
    await desk.keyboard.press('Enter');
    await desk.getByRole('log').getByText('日本').nth(1).waitFor();
    await expect.poll(stored).toHaveLength(2);
  });
});
