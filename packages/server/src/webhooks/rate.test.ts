/** Many deliveries at once: how many requests are open, the order of a conversation, and batches of which one cannot be recorded. */
import type { ServerResponse } from 'node:http';
import { agentApi, type WebhookEndpoint } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from '../../test/fixtures/account.ts';
import {
  type ConnectedAccount,
  type Customer,
  createConnectedAccount,
} from '../../test/fixtures/connected-account.ts';
import { openReceiver, type Received, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { wakeTopic } from './store.ts';
import { updateEndpoint } from './store-endpoints.ts';

const soon = { timeout: 30_000, interval: 20 };
const hour = 3_600_000;

interface Held {
  response: ServerResponse;
  received: Received;
}

describe.each(engines)('many deliveries on %s', (engine) => {
  let server: TestServer;
  let receiver: Receiver;
  let connected: ConnectedAccount;
  let endpoint: string;
  let time: number;

  beforeEach(async () => {
    time = Date.now();
    receiver = await openReceiver();
    const settings = { HOORY_WEBHOOK_ALLOW: '127.0.0.1' };
    server = await startTestServer({ engine, settings, now: () => time });
    connected = await createConnectedAccount(server);
    endpoint = `webhook:${await addWebhook('/hook')}`;
  });
  afterEach(async () => {
    await server.stop();
    await receiver.close();
  });

  async function addWebhook(path: string): Promise<number> {
    const body = { url: `${receiver.url}${path}`, subscriptions: ['message_created'] };
    const { payload } = await connected.callAgent<{ payload: { webhook: { id: number } } }>(
      connected.fixture.administrator,
      'agentCreateWebhook',
      {},
      body,
    );
    return payload.webhook.id;
  }
  const openTalks = (count: number): Promise<Customer[]> =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const customer = await connected.createContact();
        await connected.createConversation(customer);
        return customer;
      }),
    );
  const pass = (ms: number) => {
    time += ms;
    server.app.bus.publish({ transient: { topic: wakeTopic, payload: '' } });
  };
  const stateOf = async (name: string) => {
    const { administrator, account_id } = connected.fixture;
    const { body } = await call<{ payload: WebhookEndpoint[] }>(server, agentApi.agentListWebhookEndpoints, {
      as: administrator,
      params: { account_id },
    });
    return body.payload.find((one) => one.endpoint === name);
  };
  const untilSettled = (name = endpoint) =>
    vi.waitFor(async () => expect(await stateOf(name)).toMatchObject({ pending: 0 }), soon);
  /** Requests to `/hook` are not answered until `release` is called. */
  function holdAll() {
    const held: Held[] = [];
    receiver.answers('/hook', (response, _request, received) => held.push({ response, received }));
    const release = (statusOf: (received: Received) => number = () => 200) => {
      receiver.answers('/hook', (response, _request, received) =>
        response.writeHead(statusOf(received)).end(),
      );
      for (const { response, received } of held) response.writeHead(statusOf(received)).end();
    };
    return { held, release };
  }
  const contentsOf = (customer: Customer) =>
    receiver
      .at('/hook', 'message_created')
      .filter(({ body }) => body.conversation.id === customer.place.conversation_id)
      .map(({ body }) => body.content);
  const rowsOf = (name: string) =>
    server.app.db.all(
      server.app.db.q.selectFrom('webhook_deliveries').selectAll().where('endpoint', '=', name).orderBy('id'),
    );

  it('are sent side by side, those of a conversation one after another', async () => {
    const talks = await openTalks(40);
    // A first quick answer allows more open requests.
    await connected.postMessage(talks[0] as Customer, 'first');
    await untilSettled();
    const { held, release } = holdAll();
    for (const content of ['one', 'two', 'three'])
      await Promise.all(talks.map((customer) => connected.postMessage(customer, content)));
    await vi.waitFor(() => expect(held).toHaveLength(32), soon);
    expect(new Set(held.map(({ received }) => received.body.conversation.id)).size).toBe(32);
    expect(new Set(held.map(({ received }) => received.body.content))).toEqual(new Set(['one']));
    release();
    await untilSettled();
    expect(contentsOf(talks[0] as Customer)).toEqual(['first', 'one', 'two', 'three']);
    for (const customer of talks.slice(1)) expect(contentsOf(customer)).toEqual(['one', 'two', 'three']);
    const rows = await rowsOf(endpoint);
    expect(rows.map(({ status, attempts, claim }) => [status, attempts, claim])).toEqual(
      rows.map(() => ['delivered', 1, null]),
    );
  });

  it('are recorded although one of their batch is gone, or its conversation, or its claim', async () => {
    const talks = await openTalks(8);
    const { held, release } = holdAll();
    await Promise.all(talks.map((customer) => connected.postMessage(customer, 'one')));
    await vi.waitFor(() => expect(held).toHaveLength(8), soon);
    const [deleted, reclaimed, refused, ...others] = await rowsOf(endpoint);
    await server.app.db.run(
      server.app.db.q.deleteFrom('webhook_deliveries').where('id', '=', deleted?.id ?? 0),
    );
    await server.app.db.run(
      server.app.db.q
        .updateTable('webhook_deliveries')
        .set({ claim: 'of another worker', next_attempt_at: time + hour })
        .where('id', '=', reclaimed?.id ?? 0),
    );
    await connected.callAgent(connected.fixture.administrator, 'agentDeleteConversation', {
      conversation_id: refused?.display_id ?? 0,
    });
    release(({ body }) => (body.id === refused?.message_id ? 404 : 200));
    await vi.waitFor(async () => {
      const rows = await rowsOf(endpoint);
      expect(rows.map(({ id, status }) => [id, status])).toEqual([
        [reclaimed?.id, 'pending'],
        [refused?.id, 'failed'],
        ...others.map(({ id }) => [id, 'delivered']),
      ]);
    }, soon);
    expect((await rowsOf(endpoint))[0]).toMatchObject({ claim: 'of another worker', attempts: 0 });
  });

  it('arrive in order and once at a receiver that fails every other request', async () => {
    const talks = await openTalks(5);
    const taken: string[] = [];
    let nth = 0;
    receiver.answers('/hook', (response, _request, { body }) => {
      const isTaken = nth++ % 2 === 1;
      if (isTaken) taken.push(`${body.conversation.id} ${body.content}`);
      response.writeHead(isTaken ? 200 : 503).end();
    });
    const contents = ['one', 'two', 'three', 'four'];
    for (const content of contents)
      await Promise.all(talks.map((customer) => connected.postMessage(customer, content)));
    await vi.waitFor(async () => {
      const open = (await rowsOf(endpoint)).filter(({ settled_at }) => settled_at === null);
      // Time passes only while nothing is sent: a request that it overtakes is aborted and sent again.
      const dueAt = open.flatMap(({ next_attempt_at }) => next_attempt_at ?? []);
      const isSending = open.some(({ claim }) => claim !== null) || dueAt.some((at) => at <= time);
      if (dueAt.length && !isSending) pass(Math.max(...dueAt) - time);
      expect(open).toEqual([]);
    }, soon);
    for (const { place } of talks) {
      const name = `${place.conversation_id} `;
      expect(taken.filter((one) => one.startsWith(name))).toEqual(contents.map((one) => name + one));
    }
    expect(taken).toHaveLength(talks.length * contents.length);
  });

  it('to one endpoint do not wait for those to others that never answer', async () => {
    for (let count = 0; count < 5; count++) await addWebhook(`/silent/${count}`);
    for (let count = 0; count < 5; count++) receiver.answers(`/silent/${count}`, () => {});
    const talks = await openTalks(12);
    for (const content of ['one', 'two', 'three'])
      await Promise.all(talks.map((customer) => connected.postMessage(customer, content)));
    await untilSettled();
    expect(receiver.at('/hook')).toHaveLength(36);
    for (let count = 0; count < 5; count++) expect(receiver.at(`/silent/${count}`)).toHaveLength(8);
  });

  it('show how long the first has been due, in the ledger and, unless its endpoint rests, in the metrics', async () => {
    const lag = async () => {
      const [, seconds] =
        /^hoory_webhook_lag_seconds (\S+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text()) ?? [];
      return [(await stateOf(endpoint))?.lag, Number(seconds)];
    };
    const [customer] = (await openTalks(1)) as [Customer];
    await connected.postMessage(customer, 'one');
    await untilSettled();
    expect(await lag()).toEqual([0, 0]);
    await server.app.db.write((tx) => updateEndpoint(tx, endpoint, { resting_until: time + hour }));
    await connected.postMessage(customer, 'two');
    time += 90_000;
    expect(await lag()).toEqual([90, 0]);
    const { held, release } = holdAll();
    const others = await openTalks(9);
    await server.app.db.write((tx) => updateEndpoint(tx, endpoint, { resting_until: null, failures: 1 }));
    await Promise.all(others.map((other) => connected.postMessage(other, 'three')));
    await vi.waitFor(() => expect(held).toHaveLength(2), soon);
    time += 4000;
    expect(await lag()).toEqual([4, 4]);
    release();
    await untilSettled();
    expect(await lag()).toEqual([0, 0]);
  });
});
