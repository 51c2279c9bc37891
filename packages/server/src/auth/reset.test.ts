/** Ways in without a password: mail through a real server, links, the page behind them, the command line. */
import { agentApi as api, type User } from '@hoory/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount, password } from '../../test/fixtures/account.ts';
import { type Mail, startMailServer } from '../../test/fixtures/mail-server.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

describe.each(engines)('reset of a password on %s', (engine) => {
  let post: Awaited<ReturnType<typeof startMailServer>>;
  let server: TestServer;
  let fixture: AccountFixture;
  let clock = Date.now();
  const next = 'Better-456';

  beforeAll(async () => {
    post = await startMailServer();
    server = await startTestServer({ engine, settings: { SMTP_URL: post.url }, now: () => clock });
    fixture = await createAccount(server);
  });
  beforeEach(() => void post.emails.splice(0));
  afterAll(async () => {
    await server.stop();
    await post.close();
  });

  const ask = (email: string) => call(server, api.requestPasswordReset, { body: { email } });
  const enter = async (email: string, given: string) =>
    (await call(server, api.signIn, { body: { email, password: given } })).status;
  const reset = (reset_password_token: string, given = next) =>
    call<{ data: User }>(server, api.resetPassword, { body: { reset_password_token, password: given } });
  async function receivedEmail(): Promise<{ to: string[]; link: string; token: string }> {
    await expect.poll(() => post.emails.length).toBe(1);
    const [{ to, text }] = post.emails as [Mail];
    const [link = '', token = ''] =
      /http\S+\/password\?reset_password_token=([1-9A-HJ-NP-Za-km-z]{24})/.exec(text) ?? [];
    return { to, link, token };
  }

  it('has the same answer for a known and an unknown e-mail, and writes to the known one only', async () => {
    const unknown = await ask('nobody@shop.test');
    const known = await ask(' MO@shop.test ');
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    expect((await receivedEmail()).to).toEqual(['mo@shop.test']);
  });

  it('sets a password once by the link, signs in and ends every other sign-in', async () => {
    const before = await call(server, api.signIn, { body: { email: 'mo@shop.test', password } });
    const old = Object.fromEntries(
      ['access-token', 'client', 'uid'].map((name) => [name, before.headers.get(name) ?? '']),
    );
    await ask('mo@shop.test');
    const { token } = await receivedEmail();
    expect((await reset(token, 'weak')).body).toMatchObject({ attributes: ['password'] });
    const { status, body, headers } = await reset(token);
    expect([status, body.data.id]).toEqual([200, fixture.member.id]);
    expect(body.data.pubsub_token).not.toBe(fixture.member.pubsub_token);
    expect(headers.get('access-token')).toMatch(/^[\w-]{22}$/);
    expect((await call(server, api.getProfile, { headers: old })).status).toBe(401);
    expect(await enter('mo@shop.test', password)).toBe(401);
    expect(await enter('mo@shop.test', next)).toBe(200);
    expect(await reset(token)).toMatchObject({
      status: 422,
      body: { message: expect.any(String), redirect_url: '/' },
    });
    const rows = await server.app.db.all(server.app.db.q.selectFrom('user_tokens').selectAll());
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('refuses a link after six hours', async () => {
    await ask('mo@shop.test');
    const { token } = await receivedEmail();
    clock += 6 * 3_600_000 + 1000;
    expect((await reset(token)).status).toBe(422);
  });

  it('invites a new agent, who chooses a password on the page behind the link', async () => {
    const invitation = { as: fixture.administrator, params: { account_id: fixture.account_id } };
    await call(server, api.agentCreateAgent, {
      ...invitation,
      body: { email: 'new@shop.test', name: 'Nina' },
    });
    const { to, link, token } = await receivedEmail();
    expect(to).toEqual(['new@shop.test']);
    const page = await fetch(link);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain(`value="${token}"`);
    const choose = (given: string) =>
      fetch(`${server.url}/password`, {
        method: 'POST',
        body: new URLSearchParams({ reset_password_token: token, password: given }),
      });
    expect((await choose('weak')).status).toBe(422);
    expect((await choose(next)).status).toBe(200);
    expect((await choose(next)).status).toBe(422);
    expect(await enter('new@shop.test', next)).toBe(200);
    const wild = await fetch(`${server.url}/password?reset_password_token=%22%3E%3Cscript%3E`);
    expect(await wild.text()).not.toContain('<script>');
  });

  it('confirms by the token of an invitation, which can be sent again', async () => {
    const invitation = { as: fixture.administrator, params: { account_id: fixture.account_id } };
    await call(server, api.agentCreateAgents, { ...invitation, body: { emails: ['late@shop.test'] } });
    await receivedEmail();
    post.emails.splice(0);
    expect((await call(server, api.resendConfirmation, { body: { email: 'late@shop.test' } })).status).toBe(
      200,
    );
    const { token } = await receivedEmail();
    const confirm = () =>
      call<{ data: User }>(server, api.confirmUser, { body: { confirmation_token: token } });
    const { status, body } = await confirm();
    expect([status, body.data.confirmed]).toEqual([200, true]);
    expect((await confirm()).status).toBe(422);
    const chosen = await fetch(`${server.url}/api/v1/profile`, {
      method: 'PUT',
      headers: { api_access_token: body.data.access_token },
      body: new URLSearchParams({ password: next }),
    });
    expect(chosen.status).toBe(200);
    expect(await enter('late@shop.test', next)).toBe(200);
  });
});

describe('too many requests', () => {
  it('are refused by IP address, for any e-mail', async () => {
    const server = await startTestServer({ settings: { HOORY_RATE_LIMITS: 'on' } });
    const ask = async (n: number) =>
      (await call(server, api.requestPasswordReset, { body: { email: `${n}@shop.test` } })).status;
    const answers = [];
    for (let n = 0; n < 6; n++) answers.push(await ask(n));
    expect(answers).toEqual([200, 200, 200, 200, 200, 429]);
    await server.stop();
  });
});
