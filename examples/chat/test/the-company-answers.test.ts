/** The example chat in Chromium: what a company sets up and sends, and the end of a conversation. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../../../packages/server/test/browser.ts';
import { type Company, openCompany, sees, settled, soon, write } from './chat-page.ts';

const conversation = '/api/v1/accounts/{account_id}/conversations/{conversation_id}' as const;

/** Closed all week but for tomorrow from nine to five, where the company is. */
function openTomorrow() {
  const tomorrow = (new Date().getUTCDay() + 1) % 7;
  return Array.from({ length: 7 }, (_, day_of_week) =>
    day_of_week === tomorrow
      ? {
          day_of_week,
          open_hour: 9,
          open_minutes: 0,
          close_hour: 17,
          close_minutes: 0,
          closed_all_day: false,
        }
      : { day_of_week, closed_all_day: true },
  );
}

describeInChromium('the chat page', () => {
  let company: Company;
  let at: { account_id: number; conversation_id: number };
  beforeEach(async () => {
    company = await openCompany();
    at = { account_id: company.people.account.id, conversation_id: 1 };
  });
  afterEach(() => company.stop());
  const { visit } = useChromium();

  const setUpInbox = (fields: object) =>
    company.administrator.call('PATCH /api/v1/accounts/{account_id}/inboxes/{id}', {
      account_id: at.account_id,
      id: company.people.inbox.id,
      ...fields,
    });

  /** The answers to a message as the agent sees them. */
  const submitted = async (): Promise<unknown> => {
    const { payload } = await company.agent.call(`GET ${conversation}/messages`, at);
    const answered = payload.find(({ content_attributes }) => content_attributes.submitted_values);
    return answered?.content_attributes.submitted_values;
  };

  /** A conversation in which the agent asks something. */
  async function asked(content_type: string, items: object[]): Promise<Page> {
    const page = await visit(company.chat);
    await write(page, 'Hello');
    await settled(page);
    await company.answer('Please choose', { content_type, content_attributes: { items } });
    await sees(page, ['Hello', 'Please choose']);
    return page;
  }

  test('greets with the text of the inbox', async () => {
    await setUpInbox({ greeting_enabled: true, greeting_message: 'Welcome to the shop' });
    const page = await visit(company.chat);
    await write(page, 'Hello');
    await sees(page, ['Hello', 'Welcome to the shop']);
    await expectAccessible(page);
  });

  test('shows that the company is closed, and when it opens', async () => {
    await setUpInbox({
      working_hours_enabled: true,
      out_of_office_message: 'We are not here now',
      timezone: 'UTC',
      working_hours: openTomorrow(),
    });
    const page = await visit(company.chat, { timezoneId: 'UTC' });
    await page.getByText('We are back tomorrow 9:00 AM').waitFor();
    await write(page, 'Hello');
    await sees(page, ['Hello', 'We are not here now']);
    await expectAccessible(page);
  });

  test.each([
    ['on a desktop', {}],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ])('shows the company as closed everywhere, though agents are online, %s', async (_, size) => {
    await setUpInbox({
      greeting_enabled: true,
      greeting_message: 'We answer within minutes',
      working_hours_enabled: true,
      out_of_office_message: 'We are not here now',
      timezone: 'UTC',
      working_hours: openTomorrow(),
    });
    await company.app.presence.enter(at.account_id, 'user', company.people.agent.id);
    const page = await visit(company.chat, { timezoneId: 'UTC', ...size });
    const who = page.locator('.who');
    const back = 'We are back tomorrow 9:00 AM';
    await vi.waitFor(async () => expect(await who.innerText()).toBe(back), soon);
    await write(page, 'Hello');
    await settled(page);
    // The events of the agent and of the automatic answer have arrived.
    await sees(page, ['Hello', 'We are not here now']);
    expect(await who.innerText()).toBe(back);
    expect(await who.getAttribute('class')).toBe('who');
    const { data } = await company.agent.call('GET /api/v1/accounts/{account_id}/conversations', {
      account_id: at.account_id,
    });
    expect(data.payload[0]?.last_non_activity_message?.content).toBe('We are not here now');
    await expectAccessible(page);

    await setUpInbox({ working_hours_enabled: false });
    await page.reload();
    const online = 'Online now · answers within minutes';
    await vi.waitFor(async () => expect(await who.innerText()).toBe(online), soon);
  });

  test('promises no time where no day has hours, and counts as closed', async () => {
    const never = Array.from({ length: 7 }, (_, day_of_week) => ({ day_of_week, closed_all_day: true }));
    await setUpInbox({ working_hours_enabled: true, timezone: 'UTC', working_hours: never });
    await company.app.presence.enter(at.account_id, 'user', company.people.agent.id);
    const page = await visit(company.chat);
    await write(page, 'Hello');
    await settled(page);
    expect(await page.locator('.who').innerText()).toBe('Leave a message, we will answer here');
  });

  test('shows that a conversation has ended, takes the rating, and starts again', async () => {
    await setUpInbox({ csat_survey_enabled: true });
    const page = await visit(company.chat);
    await write(page, 'Hello');
    await settled(page);
    await company.agent.call(`POST ${conversation}/toggle_status`, { ...at, status: 'resolved' });
    await page.getByText('This conversation has ended.').waitFor();
    const survey = page.getByRole('group', { name: 'How did we do?' });
    await survey.getByRole('button', { name: '4 of 5' }).click();
    await page.getByRole('textbox', { name: 'Anything to add?' }).fill('Quick');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('Thank you, we have your answer.').waitFor();
    expect(await submitted()).toEqual({ csat_survey_response: { rating: 4, feedback_message: 'Quick' } });

    await page.getByRole('button', { name: 'Start a new one' }).click();
    await page.getByText('Hello. How can we help?').waitFor();
    await page.getByText('This conversation has ended.').waitFor({ state: 'hidden' });
    await write(page, 'Something else');
    await sees(page, ['Something else']);
    await settled(page);
    expect(await company.stored(2)).toEqual(['Something else']);
    await page.reload();
    await sees(page, ['Something else']);
  });

  test('is rated by the link of the survey, with the keys alone, on a phone, from right to left', async () => {
    await setUpInbox({ csat_survey_enabled: true });
    const chat = await visit(company.chat);
    await write(chat, 'Hello');
    await settled(chat);
    await company.agent.call(`POST ${conversation}/toggle_status`, { ...at, status: 'resolved' });
    const { uuid } = await company.agent.call(`GET ${conversation}`, at);
    const page = await visit(`${company.url}/survey/responses/${uuid}`, {
      locale: 'ar',
      colorScheme: 'dark',
      viewport: { width: 390, height: 844 },
    });
    expect(await page.evaluate(() => [document.dir, document.documentElement.scrollWidth])).toEqual([
      'rtl',
      390,
    ]);
    await expectAccessible(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Quick');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('شكرًا لك').waitFor();
    expect(await submitted()).toEqual({ csat_survey_response: { rating: 2, feedback_message: 'Quick' } });
    await expectAccessible(page);
  });

  test('goes on with an ended conversation when the customer writes into it', async () => {
    const page = await visit(company.chat);
    await write(page, 'Hello');
    await settled(page);
    await page.getByRole('button', { name: 'End chat' }).click();
    await page.getByText('This conversation has ended.').waitFor();
    await write(page, 'One more thing');
    await page.getByText('This conversation has ended.').waitFor({ state: 'hidden' });
    await settled(page);
    expect(await company.stored()).toEqual(['Hello', 'One more thing']);
  });

  test('lets the customer choose', async () => {
    const page = await asked('input_select', [
      { title: 'Red', value: 'r' },
      { title: 'Blue', value: 'b' },
    ]);
    await expectAccessible(page);
    await page.getByRole('group', { name: 'Choose' }).getByRole('button', { name: 'Blue' }).press('Enter');
    await page.getByRole('button', { name: 'Blue', pressed: true, disabled: true }).waitFor();
    expect(await submitted()).toEqual([{ title: 'Blue', value: 'b' }]);
    // The keyboard is not thrown out of the chat by the answer.
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('hoory-chat');
    await page.reload();
    await page.getByRole('button', { name: 'Blue', pressed: true }).waitFor();
    await expectAccessible(page);
  });

  test('lets the customer fill in a form, and keeps it half filled while messages come', async () => {
    const page = await asked('form', [
      { type: 'email', name: 'email', label: 'E-mail', required: true },
      {
        type: 'select',
        name: 'size',
        label: 'Size',
        options: [
          { label: 'Small', value: 's' },
          { label: 'Large', value: 'l' },
        ],
      },
      { type: 'text_area', name: 'note', label: 'Note', default: 'None' },
    ]);
    await page.getByLabel('E-mail').fill('ada@example.test');
    await company.answer('Take your time');
    await sees(page, ['Hello', 'Please choose', 'Take your time']);
    expect(await page.getByLabel('E-mail').inputValue()).toBe('ada@example.test');
    await page.getByLabel('Size').selectOption('Large');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('Thank you, we have your answer.').waitFor();
    expect(await submitted()).toEqual([
      { name: 'email', value: 'ada@example.test' },
      { name: 'size', value: 'l' },
      { name: 'note', value: 'None' },
    ]);
  });

  test('shows cards and articles, and says what their buttons say', async () => {
    const page = await asked('cards', [
      {
        title: 'Red shoes',
        description: 'Comfortable',
        actions: [
          { type: 'link', text: 'Look', uri: 'https://shop.example/red' },
          { type: 'link', text: 'Bad', uri: 'javascript:alert(1)' },
          { type: 'postback', text: 'Take them', payload: 'I take the red ones' },
        ],
      },
    ]);
    await company.answer('Read this', {
      content_type: 'article',
      content_attributes: {
        items: [{ title: 'Returns', description: 'How to', link: 'https://shop.example/returns' }],
      },
    });
    const look = page.getByRole('link', { name: 'Look' });
    expect(await look.getAttribute('href')).toBe('https://shop.example/red');
    expect(await look.getAttribute('rel')).toContain('noopener');
    expect(await page.getByText('Bad', { exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'Read more: Returns' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Take them' }).click();
    await vi.waitFor(
      async () =>
        expect(await company.stored()).toEqual([
          'Hello',
          'Please choose',
          'Read this',
          'I take the red ones',
        ]),
      soon,
    );
  });
});
