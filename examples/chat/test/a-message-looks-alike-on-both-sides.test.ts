/** One conversation in the chat and at the desk, side by side in Chromium: text is shown alike, and as it was typed. */
import { agentApi } from '@hoory/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { linkedTexts, markdownTexts, typedTexts } from '../../../packages/sdk/test/text-cases.ts';
import { describeInChromium, useChromium } from '../../../packages/server/test/browser.ts';
import {
  type AccountFixture,
  call,
  createAccount,
  password,
} from '../../../packages/server/test/fixtures/account.ts';
import { startTestServer, type TestServer } from '../../../packages/server/test/server.ts';
import { soon, write } from './chat-page.ts';

const phone = { viewport: { width: 390, height: 844 } };

describeInChromium('a message looks alike on both sides', () => {
  let server: TestServer;
  let fixture: AccountFixture;
  beforeAll(async () => {
    server = await startTestServer();
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());
  const { visit } = useChromium();

  async function say(message_type: 'incoming' | 'outgoing', content: string): Promise<void> {
    const { account_id, member: as } = fixture;
    const params = { account_id, conversation_id: 1 };
    const { status } = await call(server, agentApi.agentPostMessage, {
      as,
      params,
      body: { content, message_type },
    });
    expect(status).toBe(200);
  }

  async function openDesk(): Promise<Page> {
    const page = await visit(`${server.url}/app/conversations/1?tab=all`, { locale: 'en', ...phone });
    await page.fill('input[name=email]', 'mo@shop.test');
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
    await page.locator('.prose').first().waitFor();
    return page;
  }

  /** Element names and text of the last message. */
  const lastOf = (page: Page, selector: string) =>
    page
      .locator(selector)
      .last()
      .evaluate((one) => ({
        markup: one.innerHTML.replaceAll(/<(\w+)[^>]*>/g, '<$1>'),
        text: (one as HTMLElement).innerText,
        links: [...one.querySelectorAll('a')].map((link) => link.getAttribute('href')),
      }));

  async function compare(desk: Page, chat: Page, ending: string) {
    const seen = async (page: Page, selector: string) => {
      await vi.waitFor(async () => expect((await lastOf(page, selector)).text).toContain(ending), soon);
      return lastOf(page, selector);
    };
    const [atDesk, inChat] = [await seen(desk, '.prose'), await seen(chat, '.row .bubble')];
    expect(inChat).toEqual(atDesk);
    return inChat;
  }

  test('as typed by the customer, as Markdown by the agent, with the same links', async () => {
    const chat = await visit(`${server.url}/chat/${fixture.inbox.identifier}`, { locale: 'en', ...phone });
    await write(chat, '1001. blue 2*3*4');
    const desk = await openDesk();
    expect((await compare(desk, chat, 'blue')).text).toBe('1001. blue 2*3*4');

    const typed = typedTexts.filter((one) => !one.includes('```'));
    await say('incoming', `${typed.join('\n')}\nend1`);
    const shown = await compare(desk, chat, 'end1');
    expect(shown.text).toBe(`${typed.join('\n')}\nend1`);
    expect(shown.links).toEqual([]);

    await say('outgoing', `${markdownTexts.map(([one]) => one).join('\n\n')}\n\nend2`);
    const { text, markup } = await compare(desk, chat, 'end2');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('1001. blue 1005. red');
    expect(markup).toContain('<strong>bold</strong>');

    const addresses = linkedTexts.flatMap(([, links]) => links);
    await say('incoming', `${linkedTexts.map(([one]) => one).join('\n')}\nend3`);
    expect((await compare(desk, chat, 'end3')).links).toEqual(addresses);
    await say('outgoing', `${linkedTexts.map(([one]) => one).join('\n\n')}\n\nend4`);
    expect((await compare(desk, chat, 'end4')).links).toEqual(addresses);
  });
});
