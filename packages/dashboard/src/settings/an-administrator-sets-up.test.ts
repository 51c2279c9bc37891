/** The desk in Chromium: an administrator comes to an empty account, connects an inbox, and brings the team in. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findUserByEmail } from '../../../server/src/agents/store.ts';
import { resetLink } from '../../../server/src/auth/reset.ts';
import { hmacHex } from '../../../server/src/secrets.ts';
import { type SetUp, setUp } from '../../../server/src/setup.ts';
import { describeInChromium, expectAccessible, useChromium } from '../../../server/test/browser.ts';
import { password } from '../../../server/test/fixtures/account.ts';
import { openReceiver } from '../../../server/test/receiver.ts';
import { startTestServer, type TestServer } from '../../../server/test/server.ts';

const email = 'ana@shop.test';
/** The desk asks whether nobody is signed in any more; Chromium logs that as a fault. */
const pardon = /status of 401/;

describeInChromium('an administrator', () => {
  let server: TestServer;
  let own: SetUp;
  beforeEach(async () => {
    server = await startTestServer({ settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1' } });
    own = await setUp(server.app, { account: 'Shop', email, password, inbox: 'Website' });
  });
  afterEach(() => server.stop());
  const { visit } = useChromium();

  const open = async (path = ''): Promise<Page> => {
    const page = await visit(`${server.url}/app${path}`, { pardon, locale: 'en-GB' });
    await signIn(page, email);
    return page;
  };
  const signIn = async (page: Page, as: string): Promise<void> => {
    await page.getByLabel('E-mail').fill(as);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const inboxes = () => server.app.db.all(server.app.db.q.selectFrom('inboxes').selectAll().orderBy('id'));
  const saved = (page: Page) => page.getByRole('status').getByText('Saved').first().waitFor();

  test('comes from the first sign-in to the first message, and invites an agent', async () => {
    const page = await open();
    await page.getByRole('heading', { name: 'Welcome to Hoory' }).waitFor();
    await seen(page, 'Waiting for the first message…');
    const address = `${server.url}/public/api/v1/inboxes/${own.inbox.identifier}`;
    expect(await page.locator('pre').innerText()).toContain(`API=${address}`);
    for (const name of ['JavaScript', 'Web page', 'Flutter']) {
      await page.getByRole('tab', { name }).click();
      await expect
        .poll(() => page.locator('pre').innerText())
        .toMatch(new RegExp(`${server.url}[^]*${own.inbox.identifier}`));
    }
    await expectAccessible(page);

    const chat = await visit(`${server.url}/chat/${own.inbox.identifier}`, { locale: 'en-GB' });
    await chat.locator('textarea.text').fill('Where is my order?');
    await chat.keyboard.press('Enter');
    await seen(page, 'The first message has arrived');
    await seen(page, /wrote: Where is my order\?/);

    await page.getByLabel('Name', { exact: true }).last().fill('Bo');
    await page.getByLabel('E-mail').fill('bo@shop.test');
    await page.getByRole('button', { name: 'Invite' }).click();
    await seen(page, 'Bo was invited');
    const members = await server.app.db.all(
      server.app.db.q.selectFrom('inbox_members').select('user_id').where('inbox_id', '=', own.inbox.id),
    );
    expect(members).toHaveLength(2);
    await page.getByRole('link', { name: 'Answer it' }).click();
    await seen(page, 'Where is my order?');
  });

  test('makes an inbox, and sets how it proves who its customers are', async () => {
    const page = await open('/settings/inboxes');
    await page.getByRole('button', { name: 'Add an inbox' }).click();
    await page.getByLabel('Name').fill('Shop app');
    await page.getByRole('dialog').getByRole('button', { name: 'Add an inbox' }).click();
    await page.getByRole('heading', { name: 'Shop app' }).waitFor();
    const made = (await inboxes())[1];
    await seen(page, made?.identifier ?? '');
    await page.getByLabel('Identifier of a customer').fill('customer-7');
    await seen(page, hmacHex(made?.hmac_token ?? '', 'customer-7'));

    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    await seen(page, /The token before is valid until/);
    const rotated = (await inboxes())[1];
    expect(rotated?.previous_hmac_token).toBe(made?.hmac_token);
    await seen(page, hmacHex(rotated?.hmac_token ?? '', 'customer-7'));
    await page.getByRole('button', { name: 'End it now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it now' }).click();
    await page.getByText(/The token before is valid until/).waitFor({ state: 'detached' });
    expect((await inboxes())[1]?.previous_hmac_token).toBeNull();

    await page.getByRole('radio', { name: /^Enforce/ }).click();
    await saved(page);
    expect((await inboxes())[1]?.identity_policy).toBe('enforce');

    await page.getByRole('tab', { name: 'General' }).click();
    await page.getByLabel('Change picture').setInputFiles({
      name: 'logo.png',
      mimeType: 'image/png',
      buffer: Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    });
    await page.getByRole('button', { name: 'Remove picture' }).waitFor();
    expect((await inboxes())[1]?.avatar_url).toContain(server.url);
    await page.getByRole('button', { name: 'Remove picture' }).click();
    await page.getByRole('button', { name: 'Remove picture' }).waitFor({ state: 'detached' });
    expect((await inboxes())[1]?.avatar_url).toBeNull();
    await page.getByLabel('Name').fill('Our app');
    await page.getByLabel('Text of the greeting').fill('Hello');
    await page.getByRole('heading', { name: 'Our app' }).waitFor();
    await page.getByRole('switch', { name: 'Greet customers' }).click();
    await expect
      .poll(async () => (await inboxes())[1])
      .toMatchObject({ name: 'Our app', greeting_enabled: 1, greeting_message: 'Hello' });
    await page.getByRole('tab', { name: 'Webhook' }).click();
    await page.getByLabel('Webhook address').fill('nonsense');
    await page.getByLabel('Webhook address').blur();
    await seen(page, 'An address begins with https:// or http://.');
    expect((await inboxes())[1]?.webhook_url).toBeNull();
  });

  test('tests a webhook, and sees what became of it without asking again', async () => {
    const receiver = await openReceiver();
    try {
      const page = await open(`/settings/inboxes/${own.inbox.id}/webhook`);
      await page.getByLabel('Webhook address').fill('http://10.0.0.1/hook');
      await page.getByLabel('Webhook address').blur();
      await page.getByRole('button', { name: 'Send a test' }).click();
      await seen(page, /HOORY_WEBHOOK_ALLOW/);
      await page.getByLabel('Webhook address').fill(`${receiver.url}/hook`);
      await page.getByLabel('Webhook address').blur();
      await expect.poll(async () => (await inboxes())[0]?.webhook_url).toBe(`${receiver.url}/hook`);
      receiver.answers('/hook', 500);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await seen(page, '500 Internal Server Error');
      const trouble = page.getByText(/The last .*attempts? failed/);
      await trouble.waitFor();
      receiver.answers('/hook', 200);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await seen(page, 'Delivered');
      await trouble.waitFor({ state: 'detached' });
    } finally {
      await receiver.close();
    }
  });

  test('adds an agent, who signs in and sees only what agents may', async () => {
    const page = await open('/settings/agents');
    await page.getByRole('button', { name: 'Invite an agent' }).first().click();
    await page.getByLabel('Name').fill('Bo');
    await page.getByLabel('E-mail').fill('bo@shop.test');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    await seen(page, 'Bo was invited');
    const invited = await findUserByEmail(server.app.db, 'bo@shop.test');
    if (!invited) throw new Error('Bo was not made');
    const agent = await visit(await resetLink(server.app, invited), { pardon, locale: 'en-GB' });
    await agent.locator('input[type=password]').fill(password);
    await agent.getByRole('button').click();
    await agent.getByRole('link', { name: 'Sign in' }).click();
    await signIn(agent, 'bo@shop.test');
    await agent.waitForURL(/\/conversations/);
    await agent.goto(`${server.url}/app/settings/agents`);
    await seen(agent, /administrators/);
    await agent.goto(`${server.url}/app/settings/canned-responses`);
    await agent.getByRole('heading', { name: 'Canned responses' }).waitFor();
    expect(await agent.getByRole('link', { name: 'Webhooks' }).count()).toBe(0);
  });

  test('takes back a deletion within 8 seconds', async () => {
    const page = await open('/settings/labels');
    for (const title of ['refund', 'vip']) {
      await page.getByRole('button', { name: 'Add a label' }).first().click();
      await page.getByLabel('Title').fill(title);
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: `More about ${title}` }).waitFor();
    }
    await page.getByRole('button', { name: 'More about refund' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'More about refund' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'More about refund' }).waitFor();
    await page.clock.install();
    await page.getByRole('button', { name: 'More about vip' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'More about vip' }).waitFor({ state: 'detached' });
    await page.clock.runFor(8_500);
    const titles = () => server.app.db.all(server.app.db.q.selectFrom('labels').select('title'));
    await expect.poll(() => titles()).toEqual([{ title: 'refund' }]);
  });
});
