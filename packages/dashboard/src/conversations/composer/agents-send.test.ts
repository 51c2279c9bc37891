/** Messages of an agent on their way to the server, in Chromium: none is lost, doubled or sent in another's name. */
import type { Page, Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInChromium, useChromium, type VisitOptions } from '../../../../server/test/browser.ts';
import { signIn, startConversation, useAccount } from '../../../test/desk-page.ts';

/** A busy machine may take its time. */
const soon = { timeout: 30_000 };
/** Chromium logs what the tests cut or refuse. */
const pardon = /Failed to load resource/;

describeInChromium('messages of agents', () => {
  const suite = useAccount();
  const { visit, blank } = useChromium();

  /** A conversation with a first message. */
  async function startGreeted(): Promise<number> {
    const { id, say } = await startConversation(suite, 'Customer');
    await say('Hello');
    return id;
  }

  /** Opens the conversation as Ana; a device stays signed in from test to test. */
  async function open(id: number, options: VisitOptions = { device: 'laptop' }): Promise<Page> {
    const page = await visit(`${suite.server.url}/app/conversations/${id}`, {
      locale: 'en',
      pardon,
      ...options,
    });
    await signIn(page, 'ana@shop.test');
    await page.getByRole('log').getByText('Hello').waitFor();
    return page;
  }

  const composer = (page: Page) => page.locator('[data-composer]');
  const send = async (page: Page, text: string) => {
    await composer(page).fill(text);
    await composer(page).press('Enter');
    await expect.poll(() => composer(page).inputValue()).toBe('');
  };
  const pending = (page: Page) => page.getByText('Will be sent');

  const stored = (id: number) => {
    const { db } = suite.server.app;
    const conversation = db.q.selectFrom('conversations').select('id').where('display_id', '=', id);
    return db.all(
      db.q
        .selectFrom('messages')
        .select(['content', 'private', 'content_attributes', 'echo_id'])
        .where('conversation_id', 'in', conversation)
        .where('message_type', '=', 1)
        .orderBy('id'),
    );
  };
  const contents = async (id: number) => (await stored(id)).map(({ content }) => content);

  /** Handles the page's posts of messages from now on. */
  const posts = async (page: Page, handle: (route: Route) => Promise<void>) => {
    const target = /\/conversations\/\d+\/messages$/;
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.route(target, (route) =>
      route.request().method() === 'POST' ? handle(route) : route.continue(),
    );
  };
  const cut = (page: Page) => posts(page, (route) => route.abort());
  const mend = (page: Page) => posts(page, (route) => route.continue());

  /** The server has every post at once; the page hears its answers when `release` is called. */
  async function holdAnswers(page: Page): Promise<() => void> {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await posts(page, async (route) => {
      const response = await route.fetch();
      await released;
      await route.fulfill({ response });
    });
    return release;
  }

  /** The second post of the page leaves it when `release` is called. */
  async function holdSecond(page: Page): Promise<() => void> {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let count = 0;
    await posts(page, async (route) => {
      if (++count === 2) await released;
      await route.continue();
    });
    return release;
  }

  it('with equal texts are all sent, though their events come before the answers', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    const release = await holdAnswers(ana);
    for (let count = 0; count < 3; count++) await send(ana, 'ok');
    await expect.poll(() => contents(id), soon).toEqual(['ok']);
    // Its event is here, its answer is not; the second and third wait for it.
    await ana.getByRole('article').filter({ hasText: 'ok' }).waitFor();
    release();
    await expect.poll(() => contents(id), soon).toEqual(['ok', 'ok', 'ok']);
    await expect.poll(() => ana.getByRole('log').getByText('ok', { exact: true }).count(), soon).toBe(3);
    await ana.getByLabel('Sending').waitFor({ state: 'detached' });
    const echoes = (await stored(id)).map(({ echo_id }) => echo_id);
    expect(new Set(echoes).size).toBe(3);
  });

  it('with equal texts are all sent, though their events come after the answers', async () => {
    const id = await startGreeted();
    const ana = await blank({ locale: 'en', pardon, device: 'laptop' });
    let tell = () => {};
    const told = new Promise<void>((resolve) => (tell = resolve));
    await ana.routeWebSocket(/\/cable/, (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((frame) => {
        const isHeld = String(frame).includes('message.created');
        void (isHeld ? told : Promise.resolve()).then(() => socket.send(frame));
      });
    });
    await ana.goto(`${suite.server.url}/app/conversations/${id}`);
    await signIn(ana, 'ana@shop.test');
    await ana.getByRole('log').getByText('Hello').waitFor();
    const release = await holdSecond(ana);
    for (let count = 0; count < 3; count++) await send(ana, 'ok');
    await expect.poll(() => contents(id), soon).toEqual(['ok']);
    await ana.getByRole('article').filter({ hasText: 'ok' }).waitFor();
    // The event of the first one comes while the second and third wait.
    tell();
    await ana.getByLabel('Sending').nth(1).waitFor();
    release();
    await expect.poll(() => contents(id), soon).toEqual(['ok', 'ok', 'ok']);
    await ana.getByLabel('Sending').waitFor({ state: 'detached' });
    expect(await ana.getByRole('log').getByText('ok', { exact: true }).count()).toBe(3);
  });

  it('are not taken for an equal one that the agent sends from elsewhere', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    const phone = await open(id, { device: 'phone' });
    await cut(ana);
    await send(ana, 'ok');
    await pending(ana).waitFor();
    await send(phone, 'ok');
    await ana.getByRole('article').filter({ hasText: 'ok' }).waitFor();
    // Between two tries it shows "Sending" for a moment.
    await expect.poll(() => pending(ana).count(), soon).toBe(1);
    await mend(ana);
    await expect.poll(() => contents(id), soon).toEqual(['ok', 'ok']);
    await pending(ana).waitFor({ state: 'detached' });
  });

  it('stay where they are when they were refused, over a reload, until they are sent or discarded', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    let count = 0;
    await posts(ana, (route) =>
      ++count === 2 ? route.fulfill({ status: 422, json: { error: 'Not this one' } }) : route.continue(),
    );
    for (const text of ['ok', 'ok', 'last']) await send(ana, text);
    await ana.getByText('Not this one').waitFor();
    await expect.poll(() => contents(id), soon).toEqual(['ok', 'last']);
    await ana.reload();
    await ana.getByText('Not this one').waitFor();
    await ana.getByRole('button', { name: 'Discard' }).click();
    await ana.getByText('Not this one').waitFor({ state: 'detached' });
    await ana.getByRole('button', { name: 'Undo' }).click();
    await ana.getByText('Not this one').waitFor();
    await ana.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => contents(id), soon).toEqual(['ok', 'last', 'ok']);
  });

  it('that were under way at a reload are sent by themselves, notes as notes and replies as replies', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    await cut(ana);
    await ana.getByRole('article').filter({ hasText: 'Hello' }).hover();
    await ana.getByRole('button', { name: 'Reply' }).first().click();
    await send(ana, 'an answer');
    await ana.getByRole('tab', { name: 'Note' }).click();
    await send(ana, 'a note');
    await expect.poll(() => pending(ana).count()).toBe(2);
    await ana.reload();
    await expect.poll(() => pending(ana).count(), soon).toBe(2);
    await mend(ana);
    await expect.poll(() => contents(id), soon).toEqual(['an answer', 'a note']);
    const [answer, note] = await stored(id);
    expect([answer?.private, note?.private]).toEqual([0, 1]);
    expect(JSON.parse(answer?.content_attributes ?? '{}').in_reply_to).toEqual(expect.any(Number));
    await pending(ana).first().waitFor({ state: 'detached' });
  });

  it('are sent once when the page went before the answer', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    await posts(ana, async (route) => {
      await route.fetch();
      await new Promise(() => {});
    });
    await send(ana, 'once');
    await expect.poll(() => contents(id), soon).toEqual(['once']);
    await mend(ana);
    // The event of the first one has acknowledged it, or the next page sends it under the same name.
    await ana.reload();
    await ana.getByRole('article').filter({ hasText: 'once' }).waitFor();
    await ana.getByLabel('Sending').waitFor({ state: 'detached' });
    await send(ana, 'next');
    await expect.poll(() => contents(id), soon).toEqual(['once', 'next']);
  });

  it('wait behind an upload of their conversation; its files are lost with the page, its text is not', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    await cut(ana);
    const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('abc') };
    await ana.locator('input[type=file]').last().setInputFiles(note);
    await send(ana, 'see attached');
    await send(ana, 'and this');
    await expect.poll(() => pending(ana).count()).toBe(2);
    await mend(ana);
    await expect.poll(() => contents(id), soon).toEqual(['see attached', 'and this']);
    await ana.getByRole('article').filter({ hasText: 'note.txt' }).waitFor();

    await cut(ana);
    await ana.locator('input[type=file]').last().setInputFiles(note);
    await send(ana, 'another file');
    await pending(ana).waitFor();
    await ana.reload();
    await ana.getByText('The files were lost when the page was closed. Attach them again.').waitFor();
    await mend(ana);
    await ana.getByRole('button', { name: 'Send the text' }).click();
    await expect.poll(() => contents(id), soon).toEqual(['see attached', 'and this', 'another file']);
  });

  it('are sent once by two tabs, in the order they were written', async () => {
    const id = await startGreeted();
    const one = await open(id);
    await cut(one);
    await send(one, 'from one');
    await pending(one).waitFor();
    const two = await open(id, { beside: one });
    await send(two, 'from two');
    await expect.poll(() => contents(id), soon).toEqual(['from one', 'from two']);
    await pending(one).waitFor({ state: 'detached' });
    await mend(one);
    await send(one, 'the end');
    await expect.poll(() => contents(id), soon).toEqual(['from one', 'from two', 'the end']);
    for (const page of [one, two])
      await expect.poll(() => page.getByRole('log').getByText('from one').count(), soon).toBe(1);
  });

  it('wait for the agent who wrote them when somebody else signs in on the same device', async () => {
    const id = await startGreeted();
    const page = await open(id, {});
    await cut(page);
    await send(page, 'by Ana');
    await pending(page).waitFor();
    // The sign-in ends by itself: nobody has signed out.
    await page.evaluate(() => localStorage.removeItem('hoory.desk.session'));
    await page.reload();
    await mend(page);
    await signIn(page, 'mo@shop.test');
    await page.goto(`${suite.server.url}/app/conversations/${id}`);
    await page.getByRole('log').getByText('Hello').waitFor();
    await send(page, 'by Mo');
    await expect.poll(() => contents(id), soon).toEqual(['by Mo']);
    expect(await page.getByText('by Ana').count()).toBe(0);
    await page.evaluate(() => localStorage.removeItem('hoory.desk.session'));
    await page.reload();
    await signIn(page, 'ana@shop.test');
    await expect.poll(() => contents(id), soon).toEqual(['by Mo', 'by Ana']);
    const { db } = suite.server.app;
    const last = await db.get(db.q.selectFrom('messages').select('sender_id').orderBy('id', 'desc').limit(1));
    expect(last?.sender_id).toBe(suite.fixture.administrator.id);
  });

  const drafts = () => {
    const { db } = suite.server.app;
    return db.all(db.q.selectFrom('conversation_drafts').select('message'));
  };

  const hide = (page: Page) =>
    page.evaluate(() => {
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });

  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['is hidden', hide],
    ['is loaded again', (page) => page.reload()],
    ['is left', (page) => page.goto('about:blank')],
  ])('are no draft any more, here and on another device, when the page %s at once', async (_, act) => {
    const id = await startGreeted();
    const ana = await open(id);
    await composer(ana).pressSequentially('on its way');
    await composer(ana).press('Enter');
    await act(ana);
    const again = await open(id, { beside: ana });
    await expect.poll(() => contents(id), soon).toEqual(['on its way']);
    const phone = await open(id, { device: 'phone' });
    for (const page of [again, phone]) expect(await composer(page).inputValue()).toBe('');
    expect(await drafts()).toEqual([]);
  });

  it('are no draft any more when its write was under way', async () => {
    const id = await startGreeted();
    const ana = await open(id);
    let write = () => {};
    const written = new Promise<void>((resolve) => (write = resolve));
    await ana.route(/\/draft_messages$/, async (route) => {
      if (route.request().postData()?.includes('slow')) await written;
      await route.continue();
    });
    const writing = ana.waitForRequest((request) => request.postData()?.includes('slow') === true);
    await composer(ana).pressSequentially('slow draft');
    await writing;
    await composer(ana).press('Enter');
    await ana.getByLabel('Sending').waitFor();
    expect(await contents(id)).toEqual([]);
    write();
    await expect.poll(() => contents(id), soon).toEqual(['slow draft']);
    expect(await drafts()).toEqual([]);
    const phone = await open(id, { device: 'phone' });
    for (const page of [ana, phone]) expect(await composer(page).inputValue()).toBe('');
  });
});
