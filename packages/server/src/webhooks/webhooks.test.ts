import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const { agentListWebhooks, agentCreateWebhook, agentUpdateWebhook, agentDeleteWebhook } = agentApi;

interface One {
  payload: { webhook: { id: number; url: string; subscriptions: string[]; secret: string } };
}

describe.each(engines)('webhooks on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const create = (body: unknown) =>
    call<One>(server, agentCreateWebhook, { as: fixture.administrator, params: own, body });
  const change = (id: number, body: unknown) =>
    call<One>(server, agentUpdateWebhook, { as: fixture.administrator, params: { ...own, id }, body });
  const refused = ({ status, body }: { status: number; body: unknown }) => [
    status,
    (body as { attributes: string[] }).attributes,
  ];

  it('subscribe to the first eight events when nothing is said', async () => {
    const { body } = await create({ webhook: { url: 'https://hooks.shop.test/all', name: 'All' } });
    const { webhook } = body.payload;
    expect(webhook).toMatchObject({
      name: 'All',
      url: 'https://hooks.shop.test/all',
      account_id: fixture.account_id,
    });
    expect(webhook.subscriptions).toHaveLength(8);
    expect(webhook.subscriptions).not.toContain('inbox_created');
    expect(webhook.secret).toMatch(/^\w{24}$/);
    expect(webhook).not.toHaveProperty('inbox');
  });

  it('refuse bad, taken and missing addresses, and empty or unknown subscriptions', async () => {
    expect(refused(await create({}))).toEqual([422, ['url']]);
    expect(refused(await create({ url: 'mailto:a@b.c' }))).toEqual([422, ['url']]);
    expect(refused(await create({ url: 'http://' }))).toEqual([422, ['url']]);
    expect(refused(await create({ url: 'https://hooks.shop.test/all' }))).toEqual([422, ['url']]);
    const url = 'https://hooks.shop.test/other';
    expect(refused(await create({ url, subscriptions: [] }))).toEqual([422, ['subscriptions']]);
    expect(refused(await create({ url, subscriptions: ['gossip'] }))).toEqual([422, ['subscriptions']]);
    expect((await create({ url, inbox_id: fixture.foreign.inbox.id })).status).toBe(404);
  });

  it('change, may keep their address, and are deleted', async () => {
    const { body } = await create({ url: 'https://hooks.shop.test/mine', inbox_id: fixture.inbox.id });
    const { id, secret } = body.payload.webhook;
    expect(body.payload.webhook).toMatchObject({ inbox: { id: fixture.inbox.id, name: 'App' } });
    const changed = await change(id, {
      url: 'https://hooks.shop.test/mine',
      subscriptions: ['message_created', 'message_created'],
      inbox_id: null,
    });
    expect(changed.body.payload.webhook).toMatchObject({ id, secret, subscriptions: ['message_created'] });
    expect(refused(await change(id, { url: 'https://hooks.shop.test/all' }))).toEqual([422, ['url']]);
    const list = await call<{ payload: { webhooks: { id: number }[] } }>(server, agentListWebhooks, {
      as: fixture.administrator,
      params: own,
    });
    expect(list.body.payload.webhooks.at(-1)).toEqual(changed.body.payload.webhook);
    const remove = () =>
      call(server, agentDeleteWebhook, { as: fixture.administrator, params: { ...own, id } });
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
  });

  it('of another account are out of reach', async () => {
    const theirs = await call<One>(server, agentCreateWebhook, {
      as: fixture.foreigner,
      params: { account_id: fixture.foreign.account_id },
      body: { url: 'https://hooks.shop.test/all' },
    });
    const { id } = theirs.body.payload.webhook;
    expect((await change(id, { name: 'Mine' })).status).toBe(404);
    const as = fixture.administrator;
    expect((await call(server, agentDeleteWebhook, { as, params: { ...own, id } })).status).toBe(404);
  });
});
