/** What outgoing requests must not reach: with nothing allowed, no private address, however it is written. */
import { agentApi, type Endpoint, type WebhookDelivery } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { openReceiver, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

describe.each(engines)('private addresses on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await openReceiver();
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  const asAdministrator = <Body>(endpoint: Endpoint, params: object, body?: unknown) =>
    call<Body>(server, endpoint, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, ...params },
      body,
    });
  const reason = expect.stringContaining('HOORY_WEBHOOK_ALLOW');

  it('are refused once and for all, and the ledger explains it', async () => {
    const { port } = receiver;
    const hosts = [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `0x7f000001:${port}`,
      `2130706433:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      '[::1]',
      '10.1.2.3',
      '192.168.0.1',
      '169.254.169.254',
      '[fe80::1]',
      '[fd00::1]',
    ];
    for (const host of hosts) {
      const { body } = await asAdministrator<{ payload: { webhook: { id: number } } }>(
        agentApi.agentCreateWebhook,
        {},
        { url: `http://${host}/inside` },
      );
      const endpoint = `webhook:${body.payload.webhook.id}`;
      const test = await asAdministrator<WebhookDelivery>(
        agentApi.agentTestWebhookEndpoint,
        {},
        { endpoint },
      );
      const row = async () =>
        (await asAdministrator<WebhookDelivery>(agentApi.agentGetWebhookDelivery, { id: test.body.id })).body;
      await expect.poll(async () => (await row()).status, { message: host, timeout: 10_000 }).toBe('failed');
      expect(await row()).toMatchObject({ attempts: 1, response_status: null, error: reason });
    }
    expect(receiver.received).toEqual([]);
  });

  it('make an agent’s message fail, without a word of addresses inside to the customer', async () => {
    const channel = { webhook_url: `${receiver.url}/inside` };
    await asAdministrator(agentApi.agentUpdateInbox, { id: fixture.inbox.id }, { channel });
    const base = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
    const post = async (path: string) =>
      (await (await fetch(base + path, { method: 'POST' })).json()) as { id: number; source_id: string };
    const { source_id } = await post('');
    const { id: conversation_id } = await post(`/${source_id}/conversations`);
    await asAdministrator(agentApi.agentPostMessage, { conversation_id }, { content: 'Hi' });
    const statuses = async () => {
      const { body } = await asAdministrator<{ payload: object[] }>(agentApi.agentListMessages, {
        conversation_id,
      });
      return body.payload;
    };
    await expect.poll(statuses).toMatchObject([
      {
        status: 'failed',
        content_attributes: { external_error: 'The webhook’s address is not allowed' },
      },
    ]);
    expect(receiver.received).toEqual([]);
  });
});
