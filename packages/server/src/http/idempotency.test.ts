/** Stored responses for an `Idempotency-Key`: enough to send them again, and nothing that a reader of the database could use. */
import { agentApi as api, type Webhook } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { createConversation } from '../../test/fixtures/conversation.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { startServer } from '../main.ts';
import { newUuid } from '../secrets.ts';
import { responseLifeMs } from './idempotency.ts';

describe.each(engines)('idempotency on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  it('return the stored response, whose tokens cannot be read in the database', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const { account_id, administrator: as } = fixture;
    const body = { url: 'https://hooks.shop.test/', subscriptions: ['message_created'] };
    const ask = () =>
      call<{ payload: { webhook: Webhook } }>(server, api.agentCreateWebhook, {
        as,
        headers,
        params: { account_id },
        body,
      });
    const first = await ask();
    expect((await ask()).body).toEqual(first.body);
    const { db } = server.app;
    const [row, ...others] = await db.all(db.q.selectFrom('receipts').selectAll());
    expect(others).toEqual([]);
    const kept = JSON.stringify(row);
    const opened = Buffer.from(row?.answer ?? '', 'base64').toString('latin1');
    for (const secret of [first.body.payload.webhook.secret, body.url, headers['idempotency-key']]) {
      expect(kept).not.toContain(secret);
      expect(opened).not.toContain(secret);
    }
  });

  it('let one of several requests run the verb, among other writes, also in two processes', async () => {
    // SQLite is one process.
    const second = engine === 'postgres' ? await startServer(server.config) : undefined;
    const urls = [server.url, second?.app.url() ?? server.url];
    const { account_id, administrator: as } = fixture;
    const create = (url: string, key: string, name: string) =>
      call<{ id: number }>({ url }, api.agentCreateTeam, {
        as,
        headers: { 'idempotency-key': key },
        params: { account_id },
        body: { name },
      });
    for (let round = 0; round < 20; round++) {
      const key = newUuid();
      const answers = await Promise.all(
        urls.flatMap((url, index) => [
          create(url, key, `Team ${round}`),
          create(url, newUuid(), `Beside ${index} ${round}`),
          create(url, key, `Team ${round}`),
        ]),
      );
      const ids = answers.filter((_, index) => index % 3 !== 1).map(({ status, body }) => [status, body.id]);
      expect(ids).toEqual(ids.map(() => [200, expect.any(Number)]));
      expect(new Set(ids.map(([, id]) => id)).size).toBe(1);
      expect((await create(server.url, key, 'Another')).status).toBe(422);
    }
    await second?.close();
  });

  it('are replaced by the next response of their key after they expire', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const { db } = server.app;
    const create = (name: string) =>
      call<{ id: number }>(server, api.agentCreateTeam, {
        as: fixture.administrator,
        headers,
        params: { account_id: fixture.account_id },
        body: { name },
      });
    const first = await create('Early');
    await db.run(db.q.updateTable('receipts').set({ created_at: Date.now() - responseLifeMs }));
    const next = await create('Late');
    expect([next.status, next.body.id]).toEqual([200, expect.any(Number)]);
    expect(next.body.id).not.toBe(first.body.id);
    expect((await create('Late')).body).toEqual(next.body);
  });

  it('of a verb with many writes are stored after the last write', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const { account_id, member: as } = fixture;
    const conversations = [
      await createConversation(server, fixture, 'One'),
      await createConversation(server, fixture, 'Two'),
      await createConversation(server, fixture, 'Three'),
    ];
    const ids = conversations.map(({ id }) => id);
    const unknown = 999_999;
    const ask = (status: string) =>
      call(server, api.agentBulkAction, {
        as,
        headers,
        params: { account_id },
        body: { type: 'Conversation', ids: [...ids, unknown], fields: { status } },
      });
    const statuses = () =>
      server.app.db.all(server.app.db.q.selectFrom('conversations').select('status').orderBy('id'));
    const first = await ask('resolved');
    expect([first.status, first.headers.get('x-hoory-passed-over')]).toEqual([200, `${unknown}`]);
    expect(await statuses()).toEqual(ids.map(() => ({ status: 'resolved' })));
    const { db } = server.app;
    await db.run(db.q.updateTable('conversations').set({ status: 'open' }));
    const again = await ask('resolved');
    expect([again.status, again.headers.get('x-hoory-passed-over')]).toEqual([200, `${unknown}`]);
    expect((await ask('snoozed')).status).toBe(422);
    expect(await statuses()).toEqual(ids.map(() => ({ status: 'open' })));
  });

  it('contain the whole answer of a change of the own profile', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const ask = () =>
      call(server, api.setAvailability, {
        as: fixture.member,
        headers,
        body: { account_id: fixture.account_id, availability: 'busy' },
      });
    const first = await ask();
    expect(first.body).toMatchObject({ id: fixture.member.id });
    expect((await ask()).body).toEqual(first.body);
  });
});
