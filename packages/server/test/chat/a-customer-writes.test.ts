/** The example chat in Chromium: somebody comes, writes, is answered, comes back. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../browser.ts';
import { type Company, openCompany, sees, write } from './chat-page.ts';

describeInChromium('the chat page', () => {
  let company: Company;
  beforeEach(async () => {
    company = await openCompany();
  });
  afterEach(() => company.stop());
  const { visit } = useChromium();

  test('greets somebody who comes for the first time, takes a message and shows the answer', async () => {
    const page = await visit(company.chat);
    await page.getByText('Hello. How can we help?').waitFor();
    await page.getByRole('log', { name: 'Messages' }).waitFor();
    await expectAccessible(page);
    await write(page, 'Where is my order?');
    await sees(page, ['Where is my order?']);
    expect(await company.stored()).toEqual(['Where is my order?']);
    await company.answer('It is **on its way**.');
    await sees(page, ['Where is my order?', 'It is on its way.']);
    expect(await page.locator('.bubble strong').innerText()).toBe('on its way');
    await page.getByText(company.people.agent.name, { exact: true }).waitFor();
    await expectAccessible(page);
    expect(await page.context().cookies()).toEqual([]);
  });
});
