/** `/metrics`: who may read it, and that what happens is counted, without saying to whom it happened. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
} from '../../test/fixtures/connected-account.ts';
import { openReceiver, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { insertDeliveries } from '../webhooks/store.ts';
import { insertEndpoints, maxDueCounted, updateEndpoint } from '../webhooks/store-endpoints.ts';

describe.each(engines)('metrics on %s', (engine) => {
  let server: TestServer;
  let receiver: Receiver;
  let connected: ConnectedAccount;
  let ann: Customer;

  beforeEach(async () => {
    receiver = await openReceiver();
    server = await startTestServer({
      engine,
      settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.1', HOORY_METRICS_TOKEN: 'only-for-prometheus' },
    });
    connected = await createConnectedAccount(server);
    ann = await connected.createContact();
    await connected.createConversation(ann);
  });
  afterEach(async () => {
    await server.stop();
    await receiver.close();
  });

  const read = (headers: Record<string, string> = {}) => fetch(`${server.url}/metrics`, { headers });

  /** All samples by their name with labels. */
  async function samples(): Promise<Record<string, number>> {
    const text = await (await read()).text();
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
    return Object.fromEntries(
      lines.map((line) => {
        expect(line).toMatch(/^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? (\d+(\.\d+)?(e-?\d+)?|\+Inf)$/);
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
    );
  }

  it('are served to local requests, to forwarded ones only with the token', async () => {
    const answer = await read();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      const passedOn = { [name]: '203.0.113.9' };
      expect((await read(passedOn)).status).toBe(401);
      expect((await read({ ...passedOn, authorization: 'Bearer wrong' })).status).toBe(401);
      expect((await read({ ...passedOn, authorization: 'Bearer only-for-prometheus' })).status).toBe(200);
    }
  });

  it('counts requests by route and status, messages and batches', async () => {
    const before = await samples();
    await connected.postMessage(ann, 'one');
    await connected.postMessage(ann, 'two');
    await fetch(`${server.url}/public/api/v1/inboxes/nowhere`);
    const after = await samples();
    const grew = (name: string) => (after[name] as number) - (before[name] ?? 0);
    const posted =
      'route="/public/api/v1/inboxes/:inbox_identifier/contacts/:contact_identifier/conversations/:conversation_id/messages"';
    expect(grew('hoory_messages_total')).toBe(2);
    expect(grew(`hoory_http_request_duration_seconds_count{method="POST",${posted},status="2xx"}`)).toBe(2);
    expect(
      grew(`hoory_http_request_duration_seconds_bucket{le="+Inf",method="POST",${posted},status="2xx"}`),
    ).toBe(2);
    const notFound = 'method="GET",route="/public/api/v1/inboxes/:inbox_identifier",status="4xx"';
    expect(grew(`hoory_http_request_duration_seconds_count{${notFound}}`)).toBe(1);
    expect(grew('hoory_write_batch_size_sum')).toBeGreaterThanOrEqual(2);
    expect(grew('hoory_write_wait_seconds_count')).toBe(grew('hoory_write_batch_size_count'));
    expect(grew('hoory_write_batch_seconds_count')).toBe(grew('hoory_write_batch_size_count'));
    expect(after.hoory_event_log_events).toBeGreaterThan(0);
    expect(after.process_resident_memory_bytes).toBeGreaterThan(10_000_000);
  });

  it('samples the delay of the event loop', async () => {
    const counted = async () =>
      Object.entries(await samples())
        .filter(([name]) => name.startsWith('hoory_event_loop_delay_seconds_count{cause='))
        .reduce((sum, [, count]) => sum + count, 0);
    await expect.poll(counted).toBeGreaterThan(0);
  });

  it('counts sockets', async () => {
    const ear = await connected.connectContact(ann);
    expect((await samples()).hoory_cable_connections).toBe(1);
    ear.cable.close();
    await expect.poll(async () => (await samples()).hoory_cable_connections).toBe(0);
  });

  it('counts attempts of deliveries by outcome, and no due one when all are settled or wait', async () => {
    receiver.answers('/broken', 500);
    receiver.answers('/refused', 400);
    for (const path of ['/well', '/broken', '/refused'])
      await connected.callAgent(connected.fixture.administrator, 'agentCreateWebhook', undefined, {
        url: `${receiver.url}${path}`,
        subscriptions: ['message_created'],
      });
    await connected.postMessage(ann, 'one');
    await vi.waitFor(
      async () =>
        expect(await samples()).toMatchObject({
          'hoory_webhook_attempts_total{outcome="delivered"}': 1,
          'hoory_webhook_attempts_total{outcome="retried"}': 1,
          'hoory_webhook_attempts_total{outcome="failed"}': 1,
          hoory_webhook_due: 0,
          hoory_webhook_lag_seconds: 0,
        }),
      { timeout: 10_000 },
    );
  });

  it('counts due deliveries of an endpoint up to a bound', async () => {
    const { account_id } = connected.fixture;
    const addDue = (endpoint: string, count: number) =>
      server.app.db.write(async (tx) => {
        await insertEndpoints(tx, [{ endpoint, account_id }]);
        await updateEndpoint(tx, endpoint, { resting_until: Date.now() + 3_600_000 });
        const delivery = { account_id, endpoint, event: 'test', is_transient: 1, payload: {} };
        await insertDeliveries(server.app, tx, Array(count).fill(delivery), {
          receivers: [{ endpoint, is_known: 1 }],
        });
      });
    await addDue('webhook:1001', 3);
    await addDue('webhook:1002', maxDueCounted + 1);
    expect((await samples()).hoory_webhook_due).toBe(maxDueCounted + 3);
  });

  it('contains no personal data', async () => {
    await connected.postMessage(ann, 'one');
    const text = await (await read()).text();
    for (const secret of [
      ann.session.source_id,
      ann.session.pubsub_token,
      connected.fixture.inbox.identifier,
      connected.fixture.administrator.email,
      'only-for-prometheus',
    ])
      expect(text).not.toContain(secret);
    for (const [, route = ''] of text.matchAll(/route="([^"]*)"/g)) expect(route).not.toMatch(/\/\d+(\/|$)/);
  });
});
