/** A new e-mail of one's own: confirmed by mail where there is mail, changed with the password where there is none. */
import { agentApi as api, type User } from '@hoory/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount, password } from '../../test/fixtures/account.ts';
import { startMailServer } from '../../test/fixtures/mail-server.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const change = (server: TestServer, fixture: AccountFixture, body: object) =>
  call<User>(server, api.updateProfile, { as: fixture.member, body });
const enter = async (server: TestServer, email: string) =>
  (await call(server, api.signIn, { body: { email, password } })).status;

describe.each(engines)('a new e-mail on %s, with mail', (engine) => {
  let post: Awaited<ReturnType<typeof startMailServer>>;
  let server: TestServer;
  let fixture: AccountFixture;
  let clock = Date.now();

  beforeAll(async () => {
    post = await startMailServer();
  });
  beforeEach(async () => {
    await server?.stop();
    post.emails.splice(0);
    server = await startTestServer({ engine, settings: { SMTP_URL: post.url }, now: () => clock });
    fixture = await createAccount(server);
  });
  afterAll(async () => {
    await server.stop();
    await post.close();
  });

  /** The token that was sent to the new address. */
  async function token(): Promise<string> {
    await expect.poll(() => post.emails.length).toBe(2);
    const email = post.emails.find(({ to }) => to[0] === 'new@shop.test');
    return /\/confirmation\?confirmation_token=([1-9A-HJ-NP-Za-km-z]{24})/.exec(email?.text ?? '')?.[1] ?? '';
  }
  const confirm = (confirmation_token: string) =>
    call<{ data: User }>(server, api.confirmUser, { body: { confirmation_token } });

  it('takes effect when it is confirmed on the page, once, and the old address gets a notice', async () => {
    expect(await change(server, fixture, { email: 'New@Shop.TEST' })).toMatchObject({
      status: 200,
      body: { email: 'mo@shop.test', uid: 'mo@shop.test' },
    });
    const confirmation_token = await token();
    const old = post.emails.find(({ to }) => to[0] === 'mo@shop.test');
    expect(old?.text).toContain('new@shop.test');
    expect(old?.text).not.toContain(confirmation_token);
    const page = await fetch(`${server.url}/confirmation?confirmation_token=${confirmation_token}`);
    expect(await page.text()).toContain('<button>Confirm</button>');
    expect(await enter(server, 'new@shop.test')).toBe(401);
    const send = () =>
      fetch(`${server.url}/confirmation`, {
        method: 'POST',
        body: new URLSearchParams({ confirmation_token }),
      });
    const done = await send();
    expect([done.status, await done.text()]).toEqual([
      200,
      expect.stringContaining('new@shop.test is confirmed'),
    ]);
    expect([await enter(server, 'new@shop.test'), await enter(server, 'mo@shop.test')]).toEqual([200, 401]);
    expect((await send()).status).toBe(422);
  });

  it('takes effect when it is confirmed through the API', async () => {
    await change(server, fixture, { email: 'new@shop.test' });
    expect((await confirm(await token())).body.data).toMatchObject({
      id: fixture.member.id,
      email: 'new@shop.test',
    });
  });

  it('does not let its reader set a password', async () => {
    await change(server, fixture, { email: 'new@shop.test' });
    const body = { reset_password_token: await token(), password: 'Better-456' };
    expect((await call(server, api.resetPassword, { body })).status).toBe(422);
    expect(await enter(server, 'mo@shop.test')).toBe(200);
  });

  it('is refused when another user has it, then or when it is confirmed', async () => {
    expect(await change(server, fixture, { email: 'EVE@rival.test' })).toMatchObject({
      status: 422,
      body: { attributes: ['email'] },
    });
    await change(server, fixture, { email: 'new@shop.test' });
    const first = await token();
    const { administrator: as, account_id } = fixture;
    const body = { email: 'new@shop.test', name: 'Nina', role: 'agent' };
    expect((await call(server, api.agentCreateAgent, { as, params: { account_id }, body })).status).toBe(200);
    expect((await confirm(first)).status).toBe(422);
    expect(await enter(server, 'mo@shop.test')).toBe(200);
  });

  it('expires after a day', async () => {
    await change(server, fixture, { email: 'new@shop.test' });
    const late = await token();
    clock += 86_401_000;
    expect((await confirm(late)).status).toBe(422);
  });

  it('needs the right password if one is sent, and is no change when it is the old one', async () => {
    const wrong = await change(server, fixture, { email: 'new@shop.test', current_password: 'Wrong-1' });
    expect(wrong).toMatchObject({ status: 422, body: { error: expect.any(String) } });
    expect((await change(server, fixture, { email: 'Mo@shop.test', name: 'Mo' })).status).toBe(200);
    expect((await change(server, fixture, { email: 'no address' })).status).toBe(422);
    const { db } = server.app;
    expect(await db.all(db.q.selectFrom('user_tokens').selectAll())).toEqual([]);
  });
});

describe.each(engines)('a new e-mail on %s, without mail', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  it('takes effect at once, with the current password', async () => {
    const email = 'new@shop.test';
    for (const wrong of [{}, { current_password: 'Wrong-1' }])
      expect((await change(server, fixture, { email, ...wrong })).status).toBe(422);
    expect(await enter(server, 'mo@shop.test')).toBe(200);
    const { body } = await change(server, fixture, { email, current_password: password });
    expect(body.email).toBe(email);
    expect([await enter(server, email), await enter(server, 'mo@shop.test')]).toEqual([200, 401]);
  });
});
