/** Two nodes as processes, and a Redis whose certificate only `NODE_EXTRA_CA_CERTS` makes known. */
import { afterEach, describe, expect, test } from 'vitest';
import { run } from '../command-line.ts';
import { freePort, runVerb, startProcess } from '../process.ts';
import { contactIdentifier, ext, openRaw } from '../raw-cable.ts';
import { startTlsRedis } from '../redis.ts';
import { freshConfig, placements } from '../server.ts';

describe.runIf(placements.includes('two nodes'))('a Redis with TLS', { timeout: 120_000 }, () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  test('connects nodes that trust its certificate, and stops the start of others', async () => {
    const redis = await startTlsRedis();
    closers.push(() => redis.stop());
    const fresh = await freshConfig('postgres', {
      HOORY_URL: 'http://localhost:3000',
      HOST: '127.0.0.1',
      REDIS_URL: redis.url,
    });
    closers.push(fresh.release);
    const { code, stderr } = await run(['serve'], fresh.env);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^Redis at localhost:\d+ cannot be used: self-signed certificate/),
    });
    const env = { ...fresh.env, NODE_EXTRA_CA_CERTS: redis.ca };
    const words = ['setup', '--account', 'A', '--email', 'a@x.test', '--inbox', 'I', '--json'];
    const { inbox_identifier } = JSON.parse(await runVerb(words, fresh.env)) as { inbox_identifier: string };
    const [first, second] = await Promise.all(
      [await freePort(), await freePort()].map((port) => startProcess({ ...env, PORT: String(port) })),
    );
    if (!first || !second) throw new Error('a node is missing');
    closers.push(() => Promise.all([first.kill(), second.kill()]));
    const post = async <Answer>(path: string, body: object = {}): Promise<Answer> => {
      const answer = await fetch(`${first.url}/public/api/v1/inboxes/${inbox_identifier}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Answer;
    };
    const contact = await post<{ source_id: string; pubsub_token: string }>('/contacts');
    const own = `/contacts/${contact.source_id}/conversations`;
    const { id } = await post<{ id: number }>(own);
    const identifier = contactIdentifier(contact.pubsub_token);
    const cable = openRaw(second.url, { protocol: ext, first: [{ command: 'subscribe', identifier }] });
    closers.push(() => cable.ws.terminate());
    await cable.until(({ type }) => type === 'confirm_subscription');
    await post(`${own}/${id}/messages`, { content: 'Hello' });
    await cable.until(({ message }) => message?.data?.content === 'Hello');
    for (const node of [first, second])
      expect(await (await fetch(`${node.url}/health`)).json()).toMatchObject({ bus: 'ok' });
  });
});
