/** Packs of settled deliveries: the ledger shows them, a replay sends the same bytes, and erasing leaves nothing in them. */
import { brotliDecompressSync } from 'node:zlib';
import { agentApi, type Endpoint, type WebhookDelivery } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { openReceiver, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { packDeliveries } from './pack.ts';
import { pruneDeliveries } from './prune.ts';

const soon = { timeout: 30_000, interval: 50 };
const minute = 60_000;

describe.each(engines)('packs of deliveries on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let receiver: Receiver;
  /** Stands still, so that the server itself packs nothing. */
  const now = Date.now();

  beforeAll(async () => {
    receiver = await openReceiver();
    const settings = { HOORY_WEBHOOK_ALLOW: '127.0.0.1' };
    server = await startTestServer({ engine, settings, now: () => now });
    fixture = await createAccount(server);
    const channel = { webhook_url: `${receiver.url}/hook` };
    await as(agentApi.agentUpdateInbox, { id: fixture.inbox.id }, { channel });
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  const as = <Body>(endpoint: Endpoint, params: object, body?: unknown) =>
    call<Body>(server, endpoint, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, ...params },
      body,
    });
  const post = async (path: string, body: object) => {
    const answer = await fetch(
      `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts${path}`,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    );
    return (await answer.json()) as { id: number; source_id: string };
  };
  /** A customer who writes so many messages. @returns the contact's id */
  async function write(name: string, count: number): Promise<number> {
    const { id, source_id } = await post('', { name });
    const conversation = await post(`/${source_id}/conversations`, {});
    for (let n = 1; n <= count; n++)
      await post(`/${source_id}/conversations/${conversation.id}/messages`, { content: `${name} ${n}` });
    return id;
  }
  const rows = () =>
    server.app.db.all(server.app.db.q.selectFrom('webhook_deliveries').selectAll().orderBy('id'));
  const settled = () =>
    expect.poll(async () => (await rows()).every(({ settled_at }) => settled_at !== null), soon).toBe(true);
  const packs = () => server.app.db.all(server.app.db.q.selectFrom('packs').selectAll());
  const textOfPacks = async () =>
    (await packs()).map(({ texts }) => brotliDecompressSync(texts).toString()).join('\n');

  it('keep the bytes that were sent, for the ledger and for a replay', async () => {
    await write('Ada', 40);
    const gone = await write('Gus', 40);
    await settled();
    expect(await packDeliveries(server.app.db, now)).toBe(0);
    expect(await packDeliveries(server.app.db, now + 2 * minute)).toBe(1);
    const packed = (await rows()).filter(({ pack_id }) => pack_id !== null);
    expect(packed).toHaveLength(64);
    expect(packed.every(({ payload }) => payload === '')).toBe(true);

    const sent = new Map(receiver.received.map(({ headers, raw }) => [headers['webhook-id'], raw]));
    for (const { id, delivery_id } of packed) {
      const { body } = await as<WebhookDelivery>(agentApi.agentGetWebhookDelivery, { id });
      expect(body).toMatchObject({ payload: JSON.parse(sent.get(delivery_id) ?? '') });
    }
    const before = receiver.received.length;
    const [endpoint] = packed.map((row) => row.endpoint);
    const since = Math.floor(now / 1000) - 60;
    const replay = await as<{ count: number }>(
      agentApi.agentReplayWebhookDeliveries,
      {},
      { endpoint, since },
    );
    expect(replay.body.count).toBe(sent.size);
    await settled();
    const again = receiver.received.slice(before);
    expect(new Map(again.map(({ headers, raw }) => [headers['webhook-id'], raw]))).toEqual(sent);

    expect(await textOfPacks()).toContain('Gus');
    expect((await as(agentApi.agentDeleteContact, { id: gone })).status).toBe(200);
    expect(await textOfPacks()).not.toContain('Gus');
    expect(await textOfPacks()).toContain('Ada');
    const erased = (await rows()).find(({ contact_id }) => contact_id === gone);
    expect((await as(agentApi.agentReplayWebhookDelivery, { id: erased?.id })).status).toBe(422);

    await settled();
    await pruneDeliveries(server.app.db, { age: minute, events: 1 }, now + 2 * minute);
    expect(await packs()).toEqual([]);
  });
});
