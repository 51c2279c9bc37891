import { agentApi as api, type User } from '@hoory/contract';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount, password } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import type { UserRow } from '../db/tables.ts';
import { followAccessChanges } from '../events/access.ts';
import { onPresenceChange } from '../events/presence.ts';

describe.each(engines)('the own profile on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeEach(async () => {
    await server?.stop();
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const change = (body: unknown, as: UserRow = fixture.member) =>
    call<User>(server, api.updateProfile, { as, body });
  const show = async (as: UserRow = fixture.member) =>
    (await call<User>(server, api.getProfile, { as })).body;
  const enter = async (given: string) =>
    (await call(server, api.signIn, { body: { email: fixture.member.email, password: given } })).status;
  const headersOf = async () => {
    const { headers } = await call(server, api.signIn, { body: { email: fixture.member.email, password } });
    return Object.fromEntries(
      ['access-token', 'client', 'uid'].map((name) => [name, headers.get(name) ?? '']),
    );
  };

  it('changes field by field, flat or under its root key, also as a form', async () => {
    const { body } = await change({
      profile: {
        name: ' Mona ',
        display_name: 'Mo',
        message_signature: 'Best, Mo',
        ui_settings: { theme: 'dark' },
        phone_number: '+4912345',
      },
    });
    expect(body).toMatchObject({
      name: 'Mona',
      display_name: 'Mo',
      available_name: 'Mo',
      message_signature: 'Best, Mo',
      ui_settings: { theme: 'dark' },
      custom_attributes: { phone_number: '+4912345' },
    });
    expect(await show()).toEqual(body);
    const cleared = await change({ display_name: '', message_signature: null, phone_number: '' });
    expect(cleared.body).toMatchObject({ name: 'Mona', display_name: null, message_signature: null });
    expect(cleared.body).not.toHaveProperty('custom_attributes');
    const form = await fetch(`${server.url}/api/v1/profile`, {
      method: 'PUT',
      headers: { api_access_token: fixture.member.access_token },
      body: new URLSearchParams({ 'profile[name]': 'Form' }),
    });
    expect(await form.json()).toMatchObject({ name: 'Form' });
    expect(await change({ name: ' ' })).toMatchObject({ status: 422, body: { attributes: ['name'] } });
  });

  it('accepts a new password only with the current one, and only a strong one', async () => {
    const next = 'Better-456';
    expect(await change({ password: next })).toMatchObject({
      status: 422,
      body: { error: expect.any(String) },
    });
    expect((await change({ password: next, current_password: 'Wrong-1' })).status).toBe(422);
    expect(await change({ password: 'weak', current_password: password })).toMatchObject({
      body: { attributes: ['password'] },
    });
    expect(
      await change({ password: next, password_confirmation: 'other', current_password: password }),
    ).toMatchObject({ status: 422, body: { attributes: ['password_confirmation'] } });
    expect(await enter(password)).toBe(200);
    const fits = { password: next, password_confirmation: next, current_password: password };
    expect((await change(fits)).status).toBe(200);
    expect(await enter(password)).toBe(401);
    expect(await enter(next)).toBe(200);
  });

  it('ends all sign-ins but the newest with a new password, and replaces the pubsub token', async () => {
    const oldest = await headersOf();
    const newest = await headersOf();
    const heard: unknown[] = [];
    const follower = followAccessChanges(server.app, (one) => heard.push(one));
    await follower.readNew();
    const before = await show();
    const { body } = await change({ password: 'Better-456', current_password: password });
    await follower.readNew();
    follower.stop();
    expect(heard).toEqual([{ user_id: fixture.member.id }]);
    expect(body.pubsub_token).not.toBe(before.pubsub_token);
    expect(body.access_token).toBe(before.access_token);
    expect((await call(server, api.getProfile, { headers: oldest })).status).toBe(401);
    expect((await call(server, api.getProfile, { headers: newest })).status).toBe(200);
  });

  it('sets the availability in one account, and publishes it', async () => {
    const { account_id } = fixture;
    const told: number[] = [];
    const stop = onPresenceChange(server.app, (id) => told.push(id));
    const busy = await call<User>(server, api.setAvailability, {
      as: fixture.member,
      body: { profile: { account_id, availability: 'busy' } },
    });
    const here = await call<User>(server, api.setAutoOffline, {
      as: fixture.member,
      body: { profile: { account_id, auto_offline: false } },
    });
    stop();
    expect(told).toEqual([account_id, account_id]);
    expect(busy.body.accounts).toMatchObject([{ availability: 'busy', availability_status: 'offline' }]);
    expect(here.body.accounts).toMatchObject([{ availability_status: 'busy', auto_offline: false }]);
    const ask = (endpoint: typeof api.setAvailability, body: object) =>
      call(server, endpoint, { as: fixture.member, body });
    const theirs = { account_id: fixture.foreign.account_id, availability: 'online' };
    expect((await ask(api.setAvailability, theirs)).status).toBe(404);
    expect((await ask(api.setAvailability, { account_id })).status).toBe(422);
    expect((await ask(api.setAvailability, { account_id, availability: 'asleep' })).status).toBe(422);
  });

  it('has the account marked last as the active one', async () => {
    const as = fixture.foreigner;
    const email = as.email;
    await call(server, api.agentCreateAgent, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id },
      body: { email, role: 'agent' },
    });
    expect((await show(as)).account_id).toBe(fixture.foreign.account_id);
    const mark = (account_id: number) =>
      call(server, api.setActiveAccount, { as, body: { profile: { account_id } } });
    expect((await mark(fixture.account_id)).status).toBe(200);
    expect(await show(as)).toMatchObject({ account_id: fixture.account_id, role: 'agent' });
    expect((await mark(999)).status).toBe(404);
    await call(server, api.agentUpdateActiveAt, { as, params: { account_id: fixture.foreign.account_id } });
    expect((await show(as)).accounts.every(({ active_at }) => active_at)).toBe(true);
  });
});
