import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount, password } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { followAccessChanges } from '../events/access.ts';

const { signIn, signOut, validateToken, getProfile, resetAccessToken, agentListInboxes } = agentApi;
const names = ['access-token', 'client', 'uid', 'token-type', 'expiry', 'authorization'];
const refused = { success: false, errors: [expect.any(String)] };

describe.each(engines)('signing in on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const headersOf = (headers: Headers): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']));

  async function enter(): Promise<Record<string, string>> {
    const { status, headers } = await call(server, signIn, { body: { email: ' Ana@Shop.test', password } });
    expect(status).toBe(200);
    return headersOf(headers);
  }

  it('returns the user and all sign-in headers, and stores no token in plain text', async () => {
    const { body, headers } = await call<{ data: { id: number; role: string } }>(server, signIn, {
      body: { email: 'ana@shop.test', password },
    });
    expect(body.data).toMatchObject({ id: fixture.administrator.id, role: 'administrator' });
    const given = headersOf(headers);
    expect(given).toMatchObject({ uid: 'ana@shop.test', 'token-type': 'Bearer' });
    expect(given['access-token']).toMatch(/^[\w-]{22}$/);
    expect(given.client).toMatch(/^[\w-]{22}$/);
    expect(Number(given.expiry)).toBeGreaterThan(Date.now() / 1000 + 50 * 86_400);
    const { authorization, ...five } = given;
    expect(JSON.parse(atob((authorization as string).replace('Bearer ', '')))).toEqual(five);
    const rows = await server.app.db.all(server.app.db.q.selectFrom('sign_ins').selectAll());
    expect(JSON.stringify(rows)).not.toContain(given['access-token']);
  });

  it('accepts the three headers or the one, and repeats them in every answer, refusals too', async () => {
    const given = await enter();
    const three = Object.fromEntries(
      ['access-token', 'client', 'uid'].map((name) => [name, given[name] ?? '']),
    );
    for (const headers of [three, { authorization: given.authorization ?? '' }]) {
      const answer = await call(server, getProfile, { headers });
      expect(answer.status).toBe(200);
      expect(headersOf(answer.headers)).toEqual(given);
    }
    const params = { account_id: fixture.account_id, id: 999 };
    const absent = await call(server, agentApi.agentGetInbox, { headers: three, params });
    expect(absent.status).toBe(404);
    expect(headersOf(absent.headers)).toEqual(given);
    const inboxes = await call(server, agentListInboxes, { headers: three, params });
    expect(inboxes.status).toBe(200);
  });

  it('refuses a wrong password and an unknown e-mail with the same answer', async () => {
    for (const body of [
      { email: 'ana@shop.test', password: 'wrong' },
      { email: 'no@shop.test', password },
      { email: '', password: '' },
    ]) {
      const answer = await call(server, signIn, { body });
      expect(answer).toMatchObject({ status: 401, body: refused });
      expect(answer.headers.get('access-token')).toBeNull();
    }
  });

  it('refuses a user who has not confirmed the e-mail', async () => {
    const { q } = server.app.db;
    const confirm = (confirmed: number) =>
      server.app.db.run(q.updateTable('users').set({ confirmed }).where('id', '=', fixture.member.id));
    await confirm(0);
    const answer = await call(server, signIn, { body: { email: fixture.member.email, password } });
    await confirm(1);
    expect(answer).toMatchObject({ status: 401, body: refused });
  });

  it('refuses headers that are changed, mixed or expired', async () => {
    const given = await enter();
    const other = await enter();
    const wrong = [
      { ...given, 'access-token': other['access-token'] as string, authorization: '' },
      { ...given, uid: 'eve@rival.test', authorization: '' },
      { authorization: 'Bearer bm90LWpzb24=' },
    ];
    for (const headers of wrong)
      expect(await call(server, validateToken, { headers })).toMatchObject({ status: 401, body: refused });
    const { q } = server.app.db;
    await server.app.db.run(
      q
        .updateTable('sign_ins')
        .set({ expires_at: 1 })
        .where('client', '=', given.client as string),
    );
    expect((await call(server, validateToken, { headers: given })).status).toBe(401);
    expect((await call(server, validateToken, { headers: other })).status).toBe(200);
  });

  it('ends a sign-in once', async () => {
    const headers = await enter();
    expect(await call(server, signOut, { headers })).toMatchObject({ status: 200, body: { success: true } });
    expect(await call(server, signOut, { headers })).toMatchObject({ status: 404, body: refused });
    expect((await call(server, getProfile, { headers })).status).toBe(401);
  });

  it('deletes the oldest of more than 25 sign-ins', async () => {
    const body = { email: fixture.outsider.email, password };
    const first = headersOf((await call(server, signIn, { body })).headers);
    for (let i = 0; i < 25; i++) await call(server, signIn, { body });
    expect((await call(server, getProfile, { headers: first })).status).toBe(401);
    const { q } = server.app.db;
    const rows = await server.app.db.all(
      q.selectFrom('sign_ins').select('id').where('user_id', '=', fixture.outsider.id),
    );
    expect(rows).toHaveLength(25);
  });

  it('replaces access token and pubsub token', async () => {
    const told: unknown[] = [];
    const access = followAccessChanges(server.app, (change) => told.push(change));
    await access.readNew();
    const before = await call<{ pubsub_token: string }>(server, getProfile, { as: fixture.member });
    const { body } = await call<{ access_token: string; pubsub_token: string }>(server, resetAccessToken, {
      as: fixture.member,
    });
    await access.readNew();
    access.stop();
    expect(body.access_token).not.toBe(fixture.member.access_token);
    expect(body.pubsub_token).not.toBe(before.body.pubsub_token);
    expect(told).toEqual([{ user_id: fixture.member.id }]);
    expect((await call(server, getProfile, { as: fixture.member })).status).toBe(401);
    const renewed = { ...fixture.member, access_token: body.access_token };
    expect((await call(server, getProfile, { as: renewed })).status).toBe(200);
  });

  it('redirects a browser to the sign-in page', async () => {
    const answer = await fetch(`${server.url}/auth/sign_in`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/app']);
  });
});

describe('too many failed sign-ins', () => {
  it('refuses the address after five, says for how long, and accepts it again later', async () => {
    let now = Date.now();
    const server = await startTestServer({ settings: { HOORY_RATE_LIMITS: 'on' }, now: () => now });
    await createAccount(server);
    const attempt = (secret: string) =>
      call(server, signIn, { body: { email: 'ana@shop.test', password: secret } });
    for (let i = 0; i < 6; i++) expect((await attempt(password)).status).toBe(200);
    const all = await Promise.all(Array.from({ length: 8 }, () => attempt('wrong')));
    expect(all.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const refusal = await attempt(password);
    expect(refusal.status).toBe(429);
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(200);
    now += 301_000;
    expect((await attempt(password)).status).toBe(200);
    await server.stop();
  });
});
