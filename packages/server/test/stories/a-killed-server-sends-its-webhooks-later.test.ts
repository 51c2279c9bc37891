/** The server dies between a commit and the webhook: it sends it after its restart, under the same delivery id. */
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { claimDurationMs } from '../../src/webhooks/store.ts';
import { freePort, runVerb, startProcess } from '../process.ts';
import { openReceiver, payloadFaults } from '../receiver.ts';
import { engines, freshConfig } from '../server.ts';

interface SetUp {
  account_id: number;
  api_access_token: string;
  inbox_id: number;
  inbox_identifier: string;
}

const conversations = 12;

/** On PostgreSQL a dead server's claims end by themselves after a time: lets it pass. On SQLite the next server ends them as it starts. */
async function endClaims({ DATABASE_URL }: Record<string, string>): Promise<void> {
  if (!DATABASE_URL) return;
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  await client
    .query('update webhook_deliveries set next_attempt_at = next_attempt_at - $1 where claim is not null', [
      claimDurationMs,
    ])
    .finally(() => client.end());
}

describe.each(engines)('on %s', (engine) => {
  test('a killed server sends its webhooks later', { timeout: 120_000 }, async () => {
    const receiver = await openReceiver();
    const settings = { HOORY_WEBHOOK_ALLOW: '127.0.0.1', PORT: String(await freePort()) };
    const { env, release } = await freshConfig(engine, settings);
    const setUp = ['setup', '--account', 'Shop', '--email', 'ana@shop.test', '--inbox', 'App', '--json'];
    const made = JSON.parse(await runVerb(setUp, env)) as SetUp;
    let server = await startProcess(env);
    const post = async (path: string, body: object = {}, method = 'POST') => {
      const answer = await fetch(server.url + path, {
        method,
        headers: { 'content-type': 'application/json', api_access_token: made.api_access_token },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(200);
      return (await answer.json()) as { id: number; source_id: string };
    };
    const channel = { webhook_url: `${receiver.url}/hook` };
    await post(`/api/v1/accounts/${made.account_id}/inboxes/${made.inbox_id}`, { channel }, 'PATCH');

    // Nothing is answered: some requests are open when the server dies, the others were never sent.
    receiver.answers('/hook', () => {});
    const contacts = `/public/api/v1/inboxes/${made.inbox_identifier}/contacts`;
    const acknowledged: number[] = [];
    for (let count = 0; count < conversations; count++) {
      const { source_id } = await post(contacts);
      const { id } = await post(`${contacts}/${source_id}/conversations`);
      acknowledged.push(
        (await post(`${contacts}/${source_id}/conversations/${id}/messages`, { content: `Hello ${count}` }))
          .id,
      );
    }
    await expect.poll(() => receiver.received.length).toBeGreaterThan(0);
    await server.kill();
    const before = receiver.received.length;
    expect(receiver.at('/hook', 'message_created')).toEqual([]);

    receiver.answers('/hook', 200);
    await endClaims(env);
    server = await startProcess(env);
    await expect
      .poll(() => new Set(receiver.at('/hook', 'message_created').map(({ body }) => body.id)))
      .toEqual(new Set(acknowledged));
    const idsOf = (list: typeof receiver.received) =>
      list.map(({ headers }) => headers['x-chatwoot-delivery']);
    const later = receiver.received.slice(before);
    for (const id of idsOf(receiver.received.slice(0, before))) expect(idsOf(later)).toContain(id);
    expect(new Set(idsOf(later)).size).toBe(later.length);
    expect(receiver.received.flatMap(payloadFaults)).toEqual([]);
    expect(await server.stop()).toBe(0);
    await receiver.close();
    await release();
  });
});
