/** The daily work of two agents and one customer at the desk, in Chromium, live. */
import { agentApi } from '@hoory/contract';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { insertContact } from '../../../server/src/contacts/store.ts';
import { newUuid } from '../../../server/src/secrets.ts';
import {
  describeInChromium,
  expectAccessible,
  useChromium,
  type VisitOptions,
} from '../../../server/test/browser.ts';
import { call } from '../../../server/test/fixtures/account.ts';
import { signIn, startConversation, useAccount } from '../../test/desk-page.ts';

/** A busy machine may take its time. */
const soon = { timeout: 30_000 };

describeInChromium('agents at work', () => {
  const suite = useAccount(({ server: on, fixture: { administrator: as, account_id, inbox } }) =>
    // Otherwise the first agent who signs in is assigned the waiting conversations.
    call(on, agentApi.agentUpdateInbox, {
      as,
      params: { account_id, id: inbox.id },
      body: { enable_auto_assignment: false },
    }),
  );
  const { visit } = useChromium();

  /** Opens the desk of Ana or Mo on a device that stays signed in. */
  async function openDesk(
    name: 'ana' | 'mo',
    path = '/conversations?tab=all',
    options?: VisitOptions,
  ): Promise<Page> {
    const page = await visit(`${suite.server.url}/app${path}`, {
      locale: 'en',
      viewport: { width: 1440, height: 900 },
      device: name,
      ...options,
    });
    await signIn(page, `${name}@shop.test`);
    return page;
  }

  const composer = (page: Page) => page.locator('[data-composer]');
  const thread = (page: Page) => page.getByRole('log');
  const isWriting = (page: Page) =>
    page.evaluate(() => document.activeElement?.hasAttribute('data-composer') ?? false);
  const openConversation = async (page: Page, name: string) => {
    await page.locator('[data-conversation]', { hasText: name }).click();
    await thread(page).waitFor();
  };

  it('take, answer, note and resolve, each seeing at once what the other does', async () => {
    const lia = await startConversation(suite, 'Lia Park');
    await lia.say('Where is **my order**?');
    const [ana, mo] = await Promise.all([openDesk('ana'), openDesk('mo')]);
    await openConversation(ana, 'Lia Park');
    await openConversation(mo, 'Lia Park');
    await thread(ana).getByText('Where is **my order**?').waitFor();
    await ana.getByLabel('Also here: Mo').waitFor();

    await composer(ana).fill('On its way');
    await mo.getByText('is typing…').last().waitFor();
    await composer(ana).press('Enter');
    await thread(mo).getByText('On its way').waitFor();
    await mo.getByText('is typing…').waitFor({ state: 'detached' });
    expect(await composer(ana).inputValue()).toBe('');

    await mo.getByRole('tab', { name: 'Note' }).click();
    await composer(mo).fill('The van broke down');
    await composer(mo).press('Enter');
    await thread(ana).getByText('The van broke down').waitFor();

    const followers = (page: Page) => page.getByRole('complementary').getByRole('listitem');
    await ana.getByRole('button', { name: 'Follow', exact: true }).click();
    await ana.getByRole('button', { name: 'Add a follower' }).click();
    await ana.getByRole('option', { name: 'Mo' }).click();
    await followers(ana).getByText('Mo').waitFor();
    await ana.getByRole('button', { name: 'Stop following' }).click();
    await ana.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    const { db } = suite.server.app;
    const stored = () => db.all(db.q.selectFrom('conversation_participants').select('user_id'));
    await expect.poll(stored, soon).toEqual([{ user_id: suite.fixture.member.id }]);

    await lia.say('Thank you');
    await thread(ana).getByText('Thank you').waitFor();

    await ana.getByRole('button', { name: 'Resolve' }).click();
    await mo.getByRole('button', { name: 'Reopen' }).waitFor();
    await ana.getByRole('button', { name: 'Undo' }).click();
    await mo.getByRole('button', { name: 'Resolve' }).waitFor();

    await ana.goto(`${suite.server.url}/app/search?q=order`);
    await ana.getByText('Where is **my order**?', { exact: true }).first().waitFor();
  });

  it('are warned when somebody else has answered first, and send once', async () => {
    const ben = await startConversation(suite, 'Ben Ode');
    await ben.say('Do you ship to Norway?');
    const [ana, mo] = await Promise.all([openDesk('ana'), openDesk('mo')]);
    await openConversation(ana, 'Ben Ode');
    await openConversation(mo, 'Ben Ode');
    await composer(ana).fill('Yes we do');
    await composer(mo).fill('Yes, within a week');
    await composer(mo).press('Control+Enter');
    await ana.getByText('Mo answered first').waitFor();
    await composer(ana).press('Enter');
    expect(await composer(ana).inputValue()).toBe('Yes we do');
    await ana.getByRole('button', { name: 'Write anyway' }).click();
    await composer(ana).press('Enter');
    await thread(mo).getByText('Yes we do').waitFor();
    expect(await thread(mo).getByText('Yes we do').count()).toBe(1);
  });

  it('see that a colleague names them, and where', async () => {
    const una = await startConversation(suite, 'Una Fox');
    await una.say('May I speak to Ana?');
    const [ana, mo] = await Promise.all([openDesk('ana'), openDesk('mo')]);
    await ana.getByRole('tab', { name: 'Mentions', exact: true }).waitFor();
    await openConversation(mo, 'Una Fox');
    await mo.getByRole('tab', { name: 'Note' }).click();
    await composer(mo).pressSequentially('@an');
    await mo.getByRole('option', { name: 'ana' }).click();
    await composer(mo).press('Enter');
    await ana.getByRole('tab', { name: 'Mentions 1' }).click();
    await openConversation(ana, 'Una Fox');
    await thread(ana).getByText('@ana').waitFor();
  });

  it('find what they had begun to write after a reload', async () => {
    const cleo = await startConversation(suite, 'Cleo Tan');
    await cleo.say('Hello');
    const ana = await openDesk('ana');
    await openConversation(ana, 'Cleo Tan');
    await composer(ana).fill('Half a sen');
    await ana.reload();
    await thread(ana).waitFor();
    expect(await composer(ana).inputValue()).toBe('Half a sen');

    const phone = await openDesk('ana', `/conversations/${cleo.id}`, { device: 'phone' });
    await expect.poll(() => composer(phone).inputValue(), soon).toBe('Half a sen');
    await composer(phone).fill('A whole sentence');
    await phone.reload();
    await ana.reload();
    await expect.poll(() => composer(ana).inputValue(), soon).toBe('A whole sentence');
    await composer(ana).press('Enter');
    await thread(phone).getByText('A whole sentence').waitFor();
    await phone.reload();
    await expect.poll(() => composer(phone).inputValue(), soon).toBe('');
  });

  it('take a message back, also when they leave before the time to undo is over', async () => {
    const ike = await startConversation(suite, 'Ike Gone');
    await ike.say('Hello');
    const ana = await openDesk('ana', `/conversations/${ike.id}`);
    await composer(ana).fill('Wrong one');
    await composer(ana).press('Enter');
    const message = thread(ana).getByRole('article').filter({ hasText: 'Wrong one' });
    await message.hover();
    await message.getByRole('button', { name: 'Delete' }).click();
    await ana.getByText('Message deleted').waitFor();
    await ana.goto('about:blank');
    const stored = () =>
      suite.server.app.db.get(
        suite.server.app.db.q
          .selectFrom('messages')
          .select('content_attributes')
          .orderBy('id', 'desc')
          .limit(1),
      );
    await expect.poll(async () => (await stored())?.content_attributes, soon).toContain('deleted');
  });

  it('work with the keys alone', async () => {
    const [one, two] = [
      await startConversation(suite, 'Dora One'),
      await startConversation(suite, 'Emil Two'),
    ];
    await one.say('First');
    await two.say('Second');
    const ana = await openDesk('ana');
    await ana.locator('[data-conversation]', { hasText: 'Emil Two' }).waitFor();
    await ana.keyboard.press('j');
    await ana.waitForURL(`**/conversations/${two.id}?*`);
    await composer(ana).waitFor();
    await ana.keyboard.press('j');
    await ana.waitForURL(`**/conversations/${one.id}?*`);
    await ana.keyboard.press('k');
    await ana.waitForURL(`**/conversations/${two.id}?*`);
    await ana.keyboard.press('j');
    await ana.waitForURL(`**/conversations/${one.id}?*`);
    await thread(ana).getByText('First').waitFor();
    expect(await isWriting(ana)).toBe(false);
    for (const key of ['r', 'Enter']) {
      await ana.keyboard.press(key);
      await expect.poll(() => isWriting(ana), soon).toBe(true);
      await ana.keyboard.press('Escape');
    }
    expect(await composer(ana).inputValue()).toBe('');
    await ana.locator('[data-conversation]', { hasText: 'Emil Two' }).click();
    await expect.poll(() => isWriting(ana), soon).toBe(true);
    await ana.keyboard.press('Escape');
    await ana.keyboard.press('j');
    await ana.waitForURL(`**/conversations/${one.id}?*`);
    await ana.keyboard.press('a');
    await ana.locator('[data-keys=assign]', { hasText: 'ana' }).waitFor();
    await ana.keyboard.press('?');
    await ana.getByRole('dialog', { name: 'Keys' }).getByText('Write a reply').waitFor();
    await ana.keyboard.press('Escape');
    await ana.getByRole('dialog').waitFor({ state: 'detached' });
    await ana.keyboard.press('Control+k');
    await ana.keyboard.type('emil');
    await ana.keyboard.press('Enter');
    await ana.waitForURL(`**/conversations/${two.id}*`);
    await expect.poll(() => isWriting(ana), soon).toBe(true);
  });

  it('find the first hit of the palette marked, whatever is typed and whenever the server answers', async () => {
    for (const name of ['Rea Search', 'Open Resolve'])
      await (await startConversation(suite, name)).say('Where is my parcel?');
    // Not in the list: the server alone finds it, and it is a better hit than those that are there before.
    const zed = await startConversation(suite, 'Zed Hidden');
    await zed.say('Thanks');
    const { db } = suite.server.app;
    await db.write((tx) =>
      tx.run(tx.q.updateTable('conversations').set({ status: 'resolved' }).where('display_id', '=', zed.id)),
    );
    const ana = await openDesk('ana');
    await ana.locator('[data-conversation]', { hasText: 'Rea Search' }).waitFor();
    await ana.keyboard.press('Control+k');
    const items = ana.locator('[cmdk-item]');
    const marked = () =>
      items.evaluateAll((all) => all.flatMap((one, at) => (one.ariaSelected === 'true' ? [at] : [])));
    for (const typed of ['rea', 'zed hidden', 'search', 'parcel', 'open', '2', 'o', '']) {
      const answered =
        typed.length > 1 && ana.waitForResponse((answer) => answer.url().includes('/search/conversations'));
      await ana.getByRole('combobox').fill(typed);
      expect(await marked()).toEqual([0]);
      await answered;
      await ana.evaluate(() => new Promise(requestAnimationFrame));
      expect(await marked()).toEqual([0]);
    }
    await ana.keyboard.press('ArrowDown');
    expect(await marked()).toEqual([1]);
  });

  it('change many at once, and take it back', async () => {
    for (const name of ['Ida First', 'Ida Second', 'Ida Third'])
      await (await startConversation(suite, name)).say('Hi');
    const ana = await openDesk('ana');
    const row = (name: string) => ana.locator('[data-conversation]', { hasText: name });
    await row('Ida Third').focus();
    await ana.keyboard.press('x');
    await ana.getByRole('checkbox', { name: 'Select Ida First' }).click({ modifiers: ['Shift'] });
    await ana.getByRole('status').getByText('3 selected').waitFor();
    await expectAccessible(ana);
    await ana.keyboard.press('e');
    await row('Ida Second').waitFor({ state: 'detached' });
    await ana.getByRole('button', { name: 'Undo' }).click();
    await row('Ida Second').waitFor();

    await ana.getByRole('checkbox', { name: 'All of this list' }).click();
    await ana.getByRole('checkbox', { name: 'All of this list', checked: true }).waitFor();
    await ana.getByRole('button', { name: 'Assign' }).click();
    await ana.getByRole('option', { name: 'Assign to me' }).click();
    await ana.getByText(/conversations changed/).waitFor();
    await ana.keyboard.press('Escape');
    await ana.getByRole('tab', { name: /^Mine/ }).click();
    await row('Ida First').waitFor();
    await ana.reload();
    await row('Ida First').waitFor();
  });

  it('are told what was left out of a change of many, and why', async () => {
    for (const name of ['Una Gone', 'Una Here', 'Una There'])
      await (await startConversation(suite, name)).say('Hi');
    const ana = await openDesk('ana');
    const row = (name: string) => ana.locator('[data-conversation]', { hasText: name });
    await row('Una Gone').waitFor();
    const { db } = suite.server.app;
    // Nobody tells the desk.
    const gone = db.q.selectFrom('contacts').select('id').where('name', '=', 'Una Gone');
    await db.run(db.q.deleteFrom('conversations').where('contact_id', 'in', gone));
    for (const name of ['Una Gone', 'Una Here', 'Una There'])
      await ana.getByRole('checkbox', { name: `Select ${name}` }).click();
    await ana.keyboard.press('e');
    await ana.getByText('2 conversations changed').waitFor();
    await ana.getByText('1 was left out: it is gone, or you may no longer see it.').waitFor();
    await expectAccessible(ana);
    await ana.getByRole('button', { name: 'Undo' }).click();
    await row('Una Here').waitFor();
    await row('Una There').waitFor();
    expect(await row('Una Gone').count()).toBe(0);
  });

  it('keep a filter under a name, and change both', async () => {
    const ana = await openDesk('ana');
    const choose = async (status: string) => {
      await ana.getByRole('combobox', { name: 'Status' }).press('ArrowDown');
      await ana.getByRole('option', { name: status, exact: true }).click();
    };
    const keepAs = async (name: string) => {
      await ana.getByRole('textbox', { name: 'Name of this filter' }).fill(name);
      await ana.getByRole('button', { name: 'Save' }).click();
      await ana.getByRole('heading', { name, exact: true, includeHidden: true }).waitFor();
    };
    await ana.getByRole('button', { name: 'Filter' }).click();
    await choose('Pending');
    await keepAs('On hold');
    await ana.getByRole('button', { name: 'Change the filter On hold' }).click();
    await choose('Any status');
    await ana.getByRole('button', { name: 'Save', disabled: true }).waitFor();
    await choose('Resolved');
    await expectAccessible(ana);
    await keepAs('Done');
    await ana.reload();
    await ana.getByRole('heading', { name: 'Done', exact: true }).waitFor();
    await ana.getByRole('button', { name: 'Filter' }).click();
    await ana.getByRole('button', { name: 'Delete the filter Done' }).click();
    await ana.getByText('Filter deleted: Done').waitFor();
  });

  it('label and delete many contacts at once', async () => {
    for (const name of ['Kim One', 'Kim Two', 'Kim Three', 'Kim Four']) await startConversation(suite, name);
    await call(suite.server, agentApi.agentCreateLabel, {
      as: suite.fixture.administrator,
      params: { account_id: suite.fixture.account_id },
      body: { title: 'regular' },
    });
    const ana = await openDesk('ana', '/contacts?q=Kim');
    const row = (name: string) => ana.locator('[data-contact]', { hasText: name });
    await row('Kim Two').focus();
    await ana.keyboard.press('x');
    await ana.getByRole('checkbox', { name: 'All of this list' }).click();
    await ana.getByRole('status').getByText('4 selected').waitFor();
    const { db } = suite.server.app;
    const erase = async (name: string) => {
      const { id } = (await db.get(db.q.selectFrom('contacts').select('id').where('name', '=', name)))!;
      const params = { account_id: suite.fixture.account_id, id };
      await call(suite.server, agentApi.agentDeleteContact, { as: suite.fixture.administrator, params });
    };
    await erase('Kim Three');
    await ana.getByRole('button', { name: 'Label' }).click();
    await ana.getByRole('option', { name: 'regular' }).click();
    await ana.getByText('regular: 3 contacts').waitFor();
    await ana.getByText('1 was left out: it is not there any more.').waitFor();
    await row('Kim Three').waitFor({ state: 'detached' });
    await erase('Kim Four');
    await ana.getByRole('checkbox', { name: 'Select Kim One' }).click();
    await expectAccessible(ana);
    await ana.getByRole('button', { name: 'Delete' }).click();
    await ana
      .getByRole('dialog', { name: 'Delete 2 contacts?' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await ana.getByText('1 contact deleted').waitFor();
    await ana.getByText('1 was left out: online now, or deleted before.').waitFor();
    await row('Kim Two').waitFor({ state: 'detached' });
    await row('Kim One').waitFor();
  });

  it('read on in what they have found, each once, while more is coming', async () => {
    const { app } = suite.server;
    const add = (name: string, last_activity_at: number) =>
      app.db.write((tx) =>
        insertContact(app, tx, {
          account_id: suite.fixture.account_id,
          name,
          identifier: newUuid(),
          last_activity_at,
        }),
      );
    const old: number[] = [];
    for (let index = 0; index < 20; index++) old.push((await add(`Okapi ${index}`, index)).id);
    const ana = await openDesk('ana', '/search?q=okapi&kind=contacts');
    const found = ana.locator('main a[href*="/contacts/"]');
    await expect.poll(() => found.count(), soon).toBe(15);
    const { id: newcomer } = await add('Okapi, just come', Date.now());
    await ana.getByRole('button', { name: 'More' }).click();
    await found.getByText('Okapi 0', { exact: true }).waitFor();
    const shown = await found.evaluateAll((links) =>
      links.map((link) => Number(/\d+$/.exec(link.getAttribute('href') ?? ''))),
    );
    // A list that was read anew meanwhile shows the newcomer as well.
    const expected = shown.includes(newcomer) ? [...old, newcomer] : old;
    expect(shown.sort((a, b) => a - b)).toEqual(expected);
    await ana.goto(`${suite.server.url}/app/contacts`);
    await ana.getByText('Okapi, just come').first().waitFor();
    await ana.getByRole('list', { name: 'Contacts' }).hover();
    await expect
      .poll(async () => {
        await ana.mouse.wheel(0, 2000);
        return ana.getByText('Okapi 0', { exact: true }).count();
      }, soon)
      .toBe(1);
  });

  it('see that the open conversation was deleted, and lose it from the list', async () => {
    const gil = await startConversation(suite, 'Gil Gone');
    await gil.say('Hello?');
    const mo = await openDesk('mo', undefined, { device: 'deleted', pardon: /status of 404/ });
    await openConversation(mo, 'Gil Gone');
    await thread(mo).getByText('Hello?').waitFor();
    await call(suite.server, agentApi.agentDeleteConversation, {
      as: suite.fixture.administrator,
      params: { account_id: suite.fixture.account_id, conversation_id: gil.id },
    });
    await mo.getByRole('alert').getByText('The conversation could not be loaded').waitFor();
    await mo.locator('[data-conversation]', { hasText: 'Gil Gone' }).waitFor({ state: 'detached' });
  });

  it('merge two customers who are one', async () => {
    for (const name of ['Jo Once', 'Jo Twice']) await (await startConversation(suite, name)).say('Hi');
    const ana = await openDesk('ana');
    await openConversation(ana, 'Jo Once');
    await ana.getByText('This is the only one.').waitFor();
    await ana.getByRole('button', { name: 'Merge with another customer' }).click();
    await ana.getByLabel('Find the other contact').fill('Jo Tw');
    await ana.getByRole('button', { name: 'Jo Twice' }).click();
    await ana.getByText('What will remain').waitFor();
    await ana.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
    await ana.getByText('Jo Once is one contact now').waitFor();
    await ana.getByText('This is the only one.').waitFor({ state: 'detached' });
  });

  it('lose nothing while the connection is away', async () => {
    const fay = await startConversation(suite, 'Fay Lost');
    await fay.say('Are you there?');
    const ana = await openDesk('ana', undefined, {
      device: 'train',
      pardon: /ERR_INTERNET_DISCONNECTED|WebSocket|Failed to load/,
    });
    await openConversation(ana, 'Fay Lost');
    await thread(ana).getByText('Are you there?').waitFor();
    await ana.context().setOffline(true);
    await composer(ana).fill('I am here');
    await composer(ana).press('Enter');
    await ana.getByText('Will be sent').waitFor();
    await fay.say('Hello?');
    await ana.context().setOffline(false);
    await thread(ana).getByText('Hello?').waitFor();
    await ana.getByText('Will be sent').waitFor({ state: 'detached' });
    expect(await thread(ana).getByText('I am here').count()).toBe(1);
  });

  it('see the newest message first, and the oldest after scrolling, however many there are', async () => {
    const hal = await startConversation(suite, 'Hal Long');
    for (let count = 1; count <= 70; count++)
      await hal.say(`Message number ${count} ${'and so on '.repeat(count % 7)}`);
    const ana = await openDesk('ana');
    await openConversation(ana, 'Hal Long');
    const distance = () =>
      thread(ana).evaluate(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
      );
    await thread(ana)
      .getByText(/^Message number 70 /)
      .waitFor();
    await expect.poll(distance, soon).toBeLessThan(2);
    await hal.say('The very last');
    await thread(ana).getByText('The very last').waitFor();
    await expect.poll(distance, soon).toBeLessThan(2);

    await thread(ana).hover();
    const first = thread(ana).getByText(/^Message number 1 /);
    await expect
      .poll(async () => {
        await ana.mouse.wheel(0, -1500);
        return first.isVisible();
      })
      .toBe(true);
    const drawn = await thread(ana).locator('article').count();
    expect(drawn).toBeLessThan(50);
    await ana.getByRole('button', { name: 'To the newest message' }).click();
    await thread(ana).getByText('The very last').waitFor();
  });

  it('meet no barrier: light and dark, from right to left, on a phone', async () => {
    const gus = await startConversation(suite, 'Gus Gray');
    await gus.say('A question with a [link](https://example.com)');
    const ana = await openDesk('ana', undefined, { device: 'tablet' });
    await expectAccessible(ana);
    await openConversation(ana, 'Gus Gray');
    await thread(ana).getByText('A question').waitFor();
    await ana.getByText('This is the only one.').waitFor();
    await expectAccessible(ana);

    await ana.evaluate(() => {
      localStorage.setItem('hoory.desk.theme', 'dark');
      localStorage.setItem('hoory.desk.language', 'ar');
    });
    await ana.reload();
    await thread(ana).getByText('A question').waitFor();
    expect(await ana.evaluate(() => [document.dir, document.documentElement.dataset.theme])).toEqual([
      'rtl',
      'dark',
    ]);
    await expectAccessible(ana);

    await ana.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(ana);
    expect(await ana.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await ana.goBack();
    await ana.locator('[data-conversation]').first().waitFor();
    await expectAccessible(ana);
  });
});
