/** Every screen of the desk but the conversations in Chromium: nothing that axe finds wrong, nothing wider than a phone. */
import { agentApi } from '@hoory/contract';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../../server/test/browser.ts';
import { call } from '../../server/test/fixtures/account.ts';
import { type Suite, signIn, useAccount } from '../test/desk-page.ts';

const screens = [
  '/start',
  '/contacts',
  '/contacts/1',
  '/search?q=ana',
  '/reports',
  '/settings/inboxes',
  '/settings/inboxes/1/configuration',
  '/settings/inboxes/1/general',
  '/settings/inboxes/1/hours',
  '/settings/inboxes/1/members',
  '/settings/inboxes/1/webhook',
  '/settings/webhooks',
  '/settings/system',
  '/settings/webhooks/1',
  '/settings/bots',
  '/settings/bots/1',
  '/settings/account',
  '/settings/profile',
  '/settings/notifications',
  '/settings/agents',
  '/settings/teams',
  '/settings/labels',
  '/settings/attributes',
  '/settings/canned-responses',
];
const looks = [
  { theme: 'light', language: 'en-GB', width: 1280 },
  { theme: 'dark', language: 'ar', width: 390 },
] as const;
type Look = (typeof looks)[number];

describeInChromium('the desk’s screens', () => {
  const suite = useAccount(fill);
  const { visit } = useChromium();

  /** One of everything. */
  async function fill({ server, fixture }: Suite): Promise<void> {
    const { account_id, administrator: as, inbox } = fixture;
    const make = async (endpoint: (typeof agentApi)[keyof typeof agentApi], body: object, more = {}) => {
      const { status } = await call(server, endpoint, { as, params: { account_id, ...more }, body });
      expect(status).toBe(200);
    };
    await make(agentApi.agentCreateLabel, { title: 'refund', color: '#d64545' });
    await make(agentApi.agentCreateCannedResponse, { short_code: 'hours', content: 'Nine to five' });
    await make(agentApi.agentCreateTeam, { name: 'billing' });
    await make(agentApi.agentCreateBot, { name: 'Greeter', outgoing_url: 'https://bot.shop.test/in' });
    await make(agentApi.agentCreateWebhook, { url: 'https://hooks.shop.test/in' });
    for (const attribute_display_type of ['text', 'number', 'link', 'date', 'list', 'checkbox'])
      await make(agentApi.agentCreateCustomAttribute, {
        attribute_display_name: `A ${attribute_display_type}`,
        attribute_key: attribute_display_type,
        attribute_model: 'contact_attribute',
        attribute_display_type,
        attribute_values: ['gold'],
      });
    await make(agentApi.agentCreateContact, {
      name: 'Ana Ruiz',
      email: 'ana@mail.test',
      custom_attributes: { tier: 'gold', link: 'https://shop.test/ana', date: '2026-03-01', checkbox: true },
      inbox_id: inbox.id,
    });
    await make(agentApi.agentCreateNote, { content: 'Call in the afternoon' }, { contact_id: 1 });
    await make(agentApi.agentSetContactLabels, { labels: ['refund'] }, { id: 1 });
    await make(agentApi.agentCreateConversation, {
      inbox_id: inbox.id,
      contact_id: 1,
      message: { content: 'Hello' },
    });
  }

  /** One page for all screens, signed in. */
  const open = async ({ theme, language, width }: Look): Promise<Page> => {
    const viewport = { width, height: 844 };
    const page = await visit(`${suite.server.url}/app`, { colorScheme: theme, locale: language, viewport });
    await signIn(page, suite.fixture.administrator.email);
    return page;
  };

  /** Goes to a screen inside the app, from one that has no heading: so the heading that follows is the new screen's. */
  const goTo = async (page: Page, path: string): Promise<void> => {
    const navigate = (to: string) => page.evaluate((url) => history.pushState(null, '', url), to);
    await navigate('/app/no-such-screen');
    await page.waitForFunction(() => !document.querySelector('h1'));
    await navigate(`/app${path}`);
    await page.locator('h1').first().waitFor();
    // A skeleton shows the shape of what is being fetched.
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
  };

  test.each(looks)(
    'hold up in $theme, in $language, $width pixels wide',
    { timeout: 180_000 },
    async (look) => {
      const page = await open(look);
      for (const path of screens) {
        await goTo(page, path);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect({ path, wide }).toEqual({ path, wide: look.width });
        await expectAccessible(page);
      }
    },
  );
});
