import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

describe.each(engines)('an app of agents on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  const ask = (name: keyof typeof agentApi, body?: object, query = '') =>
    call<Record<string, unknown>>(
      server,
      { ...agentApi[name], path: `${agentApi[name].path}${query}` },
      { as: fixture.administrator, body, params: { account_id: fixture.account_id } },
    );

  it('reads lists of what is not built as empty', async () => {
    expect((await ask('agentListMacros')).body).toEqual({ payload: [] });
    expect((await ask('agentListDashboardApps')).body).toEqual([]);
    expect((await ask('agentListPortals')).body).toMatchObject({ payload: [], meta: { portals_count: 0 } });
  });

  it('subscribes its device once, and unsubscribes it', async () => {
    const device = (push_token: string) =>
      ask('createNotificationSubscription', {
        notification_subscription: {
          subscription_type: 'fcm',
          subscription_attributes: { device_id: 'phone-1', push_token, deviceName: 'Phone' },
        },
      });
    const { body: first } = await device('token-1');
    expect(first).toMatchObject({
      identifier: 'phone-1',
      subscription_attributes: { push_token: 'token-1' },
    });
    const { body: second } = await device('token-2');
    expect(second).toMatchObject({ id: first.id, subscription_attributes: { push_token: 'token-2' } });
    const nameless = { subscription_type: 'browser_push', subscription_attributes: {} };
    expect((await ask('createNotificationSubscription', nameless)).status).toBe(422);
    const kept = () =>
      server.app.db.all(server.app.db.q.selectFrom('notification_subscriptions').selectAll());
    expect(await kept()).toHaveLength(1);
    expect((await ask('deleteNotificationSubscription', { push_token: 'token-2' })).status).toBe(200);
    expect(await kept()).toEqual([]);
  });

  it('takes page 0 for page 1', async () => {
    expect((await ask('agentListNotifications', undefined, '?page=0')).body).toMatchObject({
      data: { meta: { current_page: 1 } },
    });
    expect((await ask('agentListContacts', undefined, '?page=0')).body).toMatchObject({
      meta: { current_page: '1' },
    });
    expect((await ask('agentListConversations', undefined, '?page=0')).status).toBe(200);
  });

  it('names the types of filters by their numbers', async () => {
    const made = await ask('agentCreateCustomFilter', { name: 'Numbered', filter_type: 1, query: {} });
    expect(made.body).toMatchObject({ filter_type: 'contact' });
    expect((await ask('agentListCustomFilters', undefined, '?filter_type=1')).body).toMatchObject([
      { name: 'Numbered' },
    ]);
    expect((await ask('agentListCustomFilters', undefined, '?filter_type=contact')).body).toHaveLength(1);
    expect((await ask('agentListCustomFilters', undefined, '?filter_type=0')).body).toEqual([]);
    expect((await ask('agentListCustomFilters', undefined, '?filter_type=3')).status).toBe(422);
  });

  it('gets 422 when it sends milliseconds for seconds', async () => {
    const now = Date.now();
    for (const name of ['agentGetReport', 'agentGetReportSummary'] as const) {
      const query = name === 'agentGetReport' ? '&metric=conversations_count' : '';
      expect((await ask(name, undefined, `?since=${now}${query}`)).status).toBe(422);
      expect((await ask(name, undefined, `?since=${Math.floor(now / 1000)}${query}`)).status).toBe(200);
    }
  });
});
