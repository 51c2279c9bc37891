/** Custom attributes in Chromium: defined in the settings, and edited by their type beside a conversation and on the contact's page. */
import { agentApi } from '@hoory/contract';
import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../../../server/test/browser.ts';
import { call } from '../../../server/test/fixtures/account.ts';
import { type ConversationFixture, createConversation } from '../../../server/test/fixtures/conversation.ts';
import { signIn, useAccount } from '../../test/desk-page.ts';

const soon = { timeout: 30_000 };
const types = ['text', 'number', 'link', 'date', 'list', 'checkbox'] as const;

describeInChromium('custom attributes', () => {
  let conversing: ConversationFixture;
  const suite = useAccount(async ({ server, fixture }) => {
    conversing = await createConversation(server, fixture, 'Where is my order?');
    for (const attribute_model of ['contact_attribute', 'conversation_attribute'])
      for (const attribute_display_type of types) {
        const { status } = await call(server, agentApi.agentCreateCustomAttribute, {
          as: fixture.administrator,
          params: { account_id: fixture.account_id },
          body: {
            attribute_display_name: `${attribute_model === 'contact_attribute' ? 'Their' : 'Its'} ${attribute_display_type}`,
            attribute_key: attribute_display_type,
            attribute_model,
            attribute_display_type,
            attribute_values: ['gold', 'silver'],
          },
        });
        expect(status).toBe(200);
      }
  });
  const { visit } = useChromium();

  async function open(path: string, width = 1280): Promise<Page> {
    const viewport = { width, height: 900 };
    // A value that the server refuses is one of the things seen here.
    const page = await visit(`${suite.server.url}/app${path}`, {
      locale: 'en-GB',
      viewport,
      device: `${width} pixels`,
      pardon: /status of 422/,
    });
    await signIn(page, suite.fixture.administrator.email);
    return page;
  }
  const ask = async (name: 'agentGetConversation' | 'agentGetContact', params: object) =>
    (
      await call(suite.server, agentApi[name], {
        as: suite.fixture.member,
        params: { account_id: suite.fixture.account_id, ...params },
      })
    ).body;
  const ofConversation = async () =>
    (await ask('agentGetConversation', { conversation_id: conversing.id })).custom_attributes;
  const ofContact = async () =>
    ((await ask('agentGetContact', { id: 1 })).payload as { custom_attributes: object }).custom_attributes;
  const holds = (read: () => Promise<unknown>, wanted: object) =>
    vi.waitFor(async () => expect(await read()).toMatchObject(wanted), soon);

  /** Gives every attribute in the pane a value, by the editor that it has. */
  async function fillPane(page: Page, whose: 'Their' | 'Its'): Promise<void> {
    const type = async (name: string, text: string) => {
      await page.getByRole('button', { name: `Edit ${whose} ${name}` }).click();
      await page
        .getByRole('textbox', { name: `${whose} ${name}` })
        .or(page.getByLabel(`${whose} ${name}`, { exact: true }))
        .fill(text);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: `Edit ${whose} ${name}` }).waitFor();
    };
    await type('text', 'A word');
    await type('number', '12.5');
    await type('link', 'https://shop.test/order');
    await type('date', '2026-03-01');
    await page.getByRole('combobox', { name: `${whose} list` }).click();
    await page.getByRole('option', { name: 'gold' }).click();
    await page.getByRole('switch', { name: `${whose} checkbox` }).click();
  }
  const filled = {
    text: 'A word',
    number: 12.5,
    link: 'https://shop.test/order',
    date: '2026-03-01',
    list: 'gold',
    checkbox: true,
  };

  it.each([1280, 390])('are edited beside the conversation by their type, %s pixels wide', async (width) => {
    const page = await open(`/conversations/${conversing.id}`, width);
    const pane = page.getByRole('heading', { name: 'Customer' });
    await page.getByText('Where is my order?').first().waitFor();
    if (!(await pane.isVisible())) await page.getByRole('button', { name: 'Customer' }).first().click();
    await pane.waitFor();
    if (width === 1280) {
      await fillPane(page, 'Its');
      await holds(ofConversation, filled);
      await fillPane(page, 'Their');
      await holds(ofContact, filled);
    }
    expect(await page.getByRole('link', { name: 'Open Its link' }).getAttribute('href')).toBe(filled.link);
    await page.getByText('Mar 1, 2026').first().waitFor();
    await expectAccessible(page);
  });

  it('say why a value was refused, and keep what was typed', async () => {
    const page = await open(`/conversations/${conversing.id}`);
    await page.getByRole('button', { name: 'Edit Its number' }).click();
    await page.getByRole('textbox', { name: 'Its number' }).fill('many');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Custom attributes number must be a number').waitFor();
    expect(await page.getByRole('textbox', { name: 'Its number' }).inputValue()).toBe('many');
    await holds(ofConversation, { number: 12.5 });
  });

  it.each([1280, 390])('are edited on the page of the contact, %s pixels wide', async (width) => {
    const page = await open('/contacts/1', width);
    const day = page.getByLabel('Their date');
    await day.waitFor();
    expect(await day.inputValue()).toMatch(/^2026-/);
    await day.fill(`2026-04-0${width === 1280 ? 1 : 2}`);
    await day.blur();
    await page.getByRole('switch', { name: 'Their checkbox' }).click();
    await holds(ofContact, { date: `2026-04-0${width === 1280 ? 1 : 2}`, checkbox: width !== 1280 });
    await expectAccessible(page);
    await page.getByText('Their checkbox').scrollIntoViewIfNeeded();
  });

  it.each([1280, 390])(
    'are defined in the settings, under a key of any script, %s pixels wide',
    async (width) => {
      const page = await open('/settings/attributes', width);
      await page.getByRole('button', { name: 'Add an attribute' }).first().click();
      await page.getByLabel('Name').fill('Größe');
      await page.getByLabel('Key').fill(`größe_${width}`);
      await page.getByRole('combobox', { name: 'Type' }).click();
      await page.getByRole('option', { name: 'List' }).click();
      await page.getByLabel('Values').fill('klein\nmittel\ngroß');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(`größe_${width} · List · Customers`).waitFor();
      const { db } = suite.server.app;
      const key = `größe_${width}`;
      const row = await db.get(
        db.q.selectFrom('custom_attribute_definitions').selectAll().where('attribute_key', '=', key),
      );
      expect(row).toMatchObject({
        attribute_values: '["klein","mittel","groß"]',
        attribute_display_type: 'list',
      });
    },
  );
});
