/** Pictures at addresses that callers give: fetched in the background through the guard, kept by this server. */
import type { Contact } from '@hoory/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ConnectedAccount, createConnectedAccount } from '../../test/fixtures/connected-account.ts';
import { openReceiver, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const png = (width: number) =>
  sharp({ create: { width, height: 20, channels: 3, background: '#08f' } })
    .png()
    .toBuffer();

describe.each(engines)('avatar_url on %s', (engine) => {
  let server: TestServer;
  let connected: ConnectedAccount;
  let elsewhere: Receiver;

  beforeAll(async () => {
    elsewhere = await openReceiver();
    const picture = await png(400);
    elsewhere.answers('/ann.png', (response) => response.end(picture));
    elsewhere.answers('/page', (response) => response.end('<html>no picture</html>'));
    elsewhere.answers('/huge.png', (response) =>
      response.end(Buffer.concat([picture, Buffer.alloc(2_000_000)])),
    );
    elsewhere.answers('/moved.png', [302, { location: '/ann.png' }]);
    server = await startTestServer({
      engine,
      settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1', HOORY_MAX_FILE: '1MB' },
    });
    connected = await createConnectedAccount(server);
  });
  afterAll(async () => {
    await server.stop();
    await elsewhere.close();
  });

  const show = async (id: number): Promise<Contact> =>
    (await connected.callAgent<{ payload: Contact }>(connected.fixture.member, 'agentGetContact', { id }))
      .payload;

  /** Waits until the picture is there. */
  const pictured = (id: number) =>
    vi.waitFor(
      async () => {
        const { thumbnail } = await show(id);
        expect(thumbnail).not.toBe('');
        return thumbnail;
      },
      { timeout: 30_000 },
    );

  /** Waits until nothing is wished for, and everything that was taken is decided. */
  async function decided(): Promise<void> {
    const { db } = server.app;
    const left = () => db.all(db.q.selectFrom('avatar_wishes').select('contact_id'));
    await expect.poll(left).toEqual([]);
    // Wishes are fetched together: one that comes afterwards is fetched after them.
    await pictured((await enter('/ann.png')).id);
  }

  async function enter(path: string) {
    const { session } = await connected.createContact({ name: 'Ann', avatar_url: `${elsewhere.url}${path}` });
    const { id } = session as unknown as { id: number };
    return { id, session };
  }

  it('of a customer is stored on this server, and agents get an event', async () => {
    const ear = await connected.connectAgent(connected.fixture.administrator);
    const { id } = await enter('/ann.png');
    const thumbnail = await pictured(id);
    expect(new URL(thumbnail).origin).toBe(server.url);
    const answer = await fetch(thumbnail);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
    await ear.cable.until(
      ({ message }) =>
        message?.event === 'contact.updated' &&
        (message.data as { thumbnail?: string }).thumbnail === thumbnail,
    );
  });

  it('of a customer does not replace a picture', async () => {
    const customer = await connected.createContact({ avatar_url: `${elsewhere.url}/ann.png` });
    const { id } = customer.session as unknown as { id: number };
    const first = await pictured(id);
    await connected.callClient('updateContact', customer.place, {
      name: 'Ann',
      avatar_url: `${elsewhere.url}/ann.png?2`,
    });
    await decided();
    expect((await show(id)).thumbnail).toBe(first);
    expect(elsewhere.at('/ann.png?2')).toEqual([]);
  });

  it('of an agent replaces the picture', async () => {
    const { id } = await enter('/ann.png');
    const first = await pictured(id);
    await connected.callAgent(
      connected.fixture.member,
      'agentUpdateContact',
      { id },
      { avatar_url: `${elsewhere.url}/ann.png` },
    );
    await vi.waitFor(async () => expect((await show(id)).thumbnail).not.toBe(first), 5000);
    await expect.poll(async () => (await fetch(first)).status).toBe(404);
  });

  it.each(['/page', '/huge.png', '/moved.png', '/nowhere'])(
    'leaves none where %s is no picture',
    async (path) => {
      elsewhere.answers('/nowhere', 404);
      const { id } = await enter(path);
      await decided();
      expect(elsewhere.at(path)).toHaveLength(1);
      expect((await show(id)).thumbnail).toBe('');
    },
  );

  it('leaves no file of a failed fetch', async () => {
    await enter('/page');
    await decided();
    const { db, files } = server.app;
    const rows = await db.all(db.q.selectFrom('blobs').select('file_key'));
    const stored: string[] = [];
    for (let folder = 0; folder < 256; folder++)
      await files.sweep({
        folder,
        until: Date.now() + 60_000,
        findReferenced: async (keys) => {
          stored.push(...keys);
          return new Set(keys);
        },
      });
    expect(stored.sort()).toEqual(rows.map(({ file_key }) => file_key).sort());
  });
});

it('is not fetched from a private address that is not allowed', async () => {
  const elsewhere = await openReceiver();
  const server = await startTestServer();
  const connected = await createConnectedAccount(server);
  const { session } = await connected.createContact({ avatar_url: `${elsewhere.url}/ann.png` });
  const { db } = server.app;
  await vi.waitFor(
    async () => expect(await db.all(db.q.selectFrom('avatar_wishes').select('url'))).toEqual([]),
    5000,
  );
  await server.stop();
  expect(session.source_id).not.toBe('');
  expect(elsewhere.received).toEqual([]);
  await elsewhere.close();
});
