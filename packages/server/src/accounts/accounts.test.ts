import { agentApi as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

interface Account {
  settings: object;
  custom_attributes?: object;
  cache_keys: object;
}

describe.each(engines)('accounts on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const change = (body: unknown) =>
    call<Account>(server, api.agentUpdateAccount, { as: fixture.administrator, params: own, body });
  const show = async () =>
    (await call<Account>(server, api.agentGetAccount, { as: fixture.member, params: own })).body;

  it('change field by field, and keep settings and attributes apart', async () => {
    const { body } = await change({
      name: ' Better Shop ',
      locale: 'pt_BR',
      domain: 'shop.test',
      support_email: 'help@shop.test',
      auto_resolve_after: 60,
      auto_resolve_ignore_waiting: true,
      industry: 'Retail',
    });
    const expected = {
      name: 'Better Shop',
      locale: 'pt_BR',
      domain: 'shop.test',
      support_email: 'help@shop.test',
      settings: { auto_resolve_after: 60, auto_resolve_ignore_waiting: true },
      custom_attributes: { industry: 'Retail' },
    };
    expect(body).toMatchObject(expected);
    expect(await show()).toMatchObject(expected);
    const cleared = await change({ auto_resolve_after: null, industry: null, domain: '' });
    expect(cleared.body).toMatchObject({ domain: null, name: 'Better Shop' });
    expect(cleared.body.settings).toEqual({ auto_resolve_ignore_waiting: true });
    expect(cleared.body).not.toHaveProperty('custom_attributes');
  });

  it.each([
    ['name', ' '],
    ['locale', 'not a language'],
    ['support_email', 'nobody'],
    ['auto_resolve_after', 9],
  ])('refuse %s as %j', async (name, value) => {
    expect(await change({ [name]: value })).toMatchObject({ status: 422, body: { attributes: [name] } });
  });

  it('show the cache keys of their lists, which change with the lists', async () => {
    const keys = async () =>
      (await call<Account>(server, api.agentGetCacheKeys, { as: fixture.member, params: own })).body
        .cache_keys;
    const before = await keys();
    expect(before).toEqual((await show()).cache_keys);
    const as = fixture.administrator;
    await call(server, api.agentCreateLabel, { as, params: own, body: { title: 'new' } });
    expect(await keys()).toEqual({ ...before, label: expect.stringMatching(/^[1-9]\d{9}$/) });
    await call(server, api.agentUpdateInbox, {
      as,
      params: { ...own, id: fixture.inbox.id },
      body: { name: 'Renamed' },
    });
    expect(await keys()).not.toMatchObject({ inbox: (before as { inbox: string }).inbox });
  });
});
