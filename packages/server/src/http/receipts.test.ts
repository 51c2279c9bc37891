/** What is kept of answers for an `Idempotency-Key`: enough to give them again, nothing to read. */
import { agentApi as api, type Webhook } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converse } from '../../test/conversing.ts';
import { call, type Office, openOffice } from '../../test/office.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { newUuid } from '../secrets.ts';

describe.each(engines)('receipts on %s', (engine) => {
  let server: TestServer;
  let office: Office;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    office = await openOffice(server);
  });
  afterAll(() => server.stop());

  it('give an answer again whose tokens nobody can read at rest', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const { account_id, administrator: as } = office;
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
    const [receipt, ...others] = await db.all(db.q.selectFrom('receipts').selectAll());
    expect(others).toEqual([]);
    const kept = JSON.stringify(receipt);
    const opened = Buffer.from(receipt?.answer ?? '', 'base64').toString('latin1');
    for (const secret of [first.body.payload.webhook.secret, body.url, headers['idempotency-key']]) {
      expect(kept).not.toContain(secret);
      expect(opened).not.toContain(secret);
    }
  });

  it('of work in pieces are kept when all of it is done', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const { account_id, member: as } = office;
    const conversations = [
      await converse(server, office, 'One'),
      await converse(server, office, 'Two'),
      await converse(server, office, 'Three'),
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

  it('hold the whole answer of a change of the own profile', async () => {
    const headers = { 'idempotency-key': newUuid() };
    const ask = () =>
      call(server, api.setAvailability, {
        as: office.member,
        headers,
        body: { account_id: office.account_id, availability: 'busy' },
      });
    const first = await ask();
    expect(first.body).toMatchObject({ id: office.member.id });
    expect((await ask()).body).toEqual(first.body);
  });
});
