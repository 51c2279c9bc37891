/** What is kept of answers for an `Idempotency-Key`: enough to give them again, nothing to read. */
import { agentApi as api, type Webhook } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
