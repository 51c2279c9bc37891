/** Two nodes on one database send webhooks together: each once, in order by conversation, also when one of the nodes dies. */

import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { agentApi, type Inbox } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type AppOptions, startServer } from '../../src/main.ts';
import { claimDurationMs } from '../../src/webhooks/store.ts';
import { type AccountFixture, call, createAccount } from '../fixtures/account.ts';
import {
  type ConversationFixture,
  conversationPoster,
  createConversation,
} from '../fixtures/conversation.ts';
import { freePort, startProcess } from '../process.ts';
import { openReceiver, type Received, type Receiver } from '../receiver.ts';
import { engines, type Fresh, freshConfig, type TestServer } from '../server.ts';

const rounds = [0, 1, 2, 3, 4];
const later = { timeout: 60_000, interval: 20 };

describe.runIf(engines.includes('postgres'))('two nodes', { timeout: 120_000 }, () => {
  let receiver: Receiver;
  let fresh: Fresh;
  let first: TestServer;
  let fixture: AccountFixture;

  beforeEach(async () => {
    receiver = await openReceiver();
    fresh = await freshConfig('postgres', {
      HOORY_URL: 'http://chat.test',
      HOORY_WEBHOOK_ALLOW: '127.0.0.1',
    });
    first = await startNode();
    fixture = await createAccount(first);
    await call(first, agentApi.agentUpdateInbox, {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, id: fixture.inbox.id },
      body: { channel: { webhook_url: `${receiver.url}/hook` } },
    });
  });
  afterEach(async () => {
    await first.close();
    await receiver.close();
    await fresh.release();
  });

  async function startNode(
    now?: () => number,
    options?: Pick<AppOptions, 'machineNow' | 'onStatement'>,
  ): Promise<TestServer> {
    const started = await startServer(readConfig(fresh.env), now, options);
    const { port } = started.http.server.address() as { port: number };
    const url = `http://127.0.0.1:${port}`;
    return { ...started, config: fresh.config, env: fresh.env, url, stop: started.close };
  }

  const start = (count: number, client = first) =>
    Promise.all(Array.from({ length: count }, () => createConversation(client, fixture, 'Round 0')));
  /** No request is answered until the function that it returns is called. */
  function holdAnswers(): () => void {
    const held: ServerResponse[] = [];
    receiver.answers('/hook', (response) => void held.push(response));
    return () => {
      receiver.answers('/hook', 200);
      for (const response of held) response.end();
    };
  }
  const isSettled = () =>
    expect
      .poll(async () => {
        const { q, all } = first.app.db;
        return all(q.selectFrom('webhook_deliveries').select('id').where('settled_at', 'is', null));
      }, later)
      .toEqual([]);
  const contentsOf = (received: readonly Received[], { id }: ConversationFixture): string[] =>
    received
      .filter(({ body }) => body.event === 'message_created' && body.conversation.id === id)
      .map(({ body }) => body.content);
  const idsOf = (received: readonly Received[]) => received.map(({ headers }) => headers['webhook-id']);
  const inOrder = rounds.map((round) => `Round ${round}`);

  test('share the deliveries of messages that both accept', async () => {
    const second = await startNode();
    const release = holdAnswers();
    // More than the 8 requests that a node opens to an endpoint before its first answer: the other node sends the rest.
    const conversations = await start(12);
    for (const round of rounds.slice(1))
      await Promise.all(
        conversations.map((conversation, index) => {
          const { url } = (round + index) % 2 ? first : second;
          return conversationPoster(url, fixture, conversation)(`Round ${round}`);
        }),
      );
    await expect.poll(() => receiver.received.length, later).toBe(conversations.length);
    release();
    await isSettled();
    for (const { app } of [first, second]) {
      const { values } = await app.metrics.deliveries.get();
      expect(values.find(({ labels }) => labels.outcome === 'delivered')?.value).toBeGreaterThanOrEqual(4);
    }
    expect(new Set(idsOf(receiver.received)).size).toBe(receiver.received.length);
    for (const conversation of conversations)
      expect(contentsOf(receiver.received, conversation)).toEqual(inOrder);
    await second.close();
  });

  test('send each delivery once when the clock of one is wrong by an hour', async () => {
    let looks = 0;
    const second = await startNode(undefined, {
      machineNow: () => Date.now() + 3_600_000,
      onStatement: ({ text }) => void (text.includes('webhook_deliveries') && looks++),
    });
    let answer = () => {};
    receiver.answers('/hook', (response) => {
      answer = () => response.end();
    });
    const conversation = await createConversation(first, fixture, 'Round 0');
    await expect.poll(() => receiver.received.length, later).toBeGreaterThan(0);
    // By its own clock the claims of the first node have expired.
    looks = 0;
    await expect.poll(() => looks, later).toBeGreaterThan(3);
    receiver.answers('/hook', 200);
    answer();
    await isSettled();
    expect(new Set(idsOf(receiver.received)).size).toBe(receiver.received.length);
    expect(second.app.now() - Date.now()).toBeLessThan(10_000);
    expect(contentsOf(receiver.received, conversation)).toEqual(['Round 0']);
    await second.close();
  });

  test('sign and send by a secret and an address that the other has changed', async () => {
    const second = await startNode();
    const conversation = await createConversation(second, fixture, 'Round 0');
    const say = conversationPoster(second.url, fixture, conversation);
    const asAdministrator = {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, id: fixture.inbox.id },
    };
    const { body: inbox } = await call<Inbox>(first, agentApi.agentResetInboxSecret, asAdministrator);
    await say('Round 1');
    const url = { channel: { webhook_url: `${receiver.url}/moved` } };
    await call(first, agentApi.agentUpdateInbox, { ...asAdministrator, body: url });
    await say('Round 2');
    await isSettled();
    expect(contentsOf(receiver.at('/moved'), conversation)).toContain('Round 2');
    expect(contentsOf(receiver.at('/hook'), conversation)).not.toContain('Round 2');
    for (const { headers, raw } of receiver.received.filter(({ body }) => body.content === 'Round 1')) {
      const signed = `${headers['x-chatwoot-timestamp']}.${raw}`;
      const mac = createHmac('sha256', inbox.secret ?? '')
        .update(signed)
        .digest('hex');
      expect(headers['x-chatwoot-signature']).toBe(`sha256=${mac}`);
    }
    expect(receiver.received.map(({ body }) => body.content)).toContain('Round 1');
    await second.close();
  });

  test('take over what a killed one has claimed, without doubling or disorder', async () => {
    await first.close();
    const killed = await startProcess({ ...fresh.env, PORT: String(await freePort()) });
    // Nothing is answered: the claims of the node that will be killed are all that happens.
    holdAnswers();
    const client = { ...first, url: killed.url };
    const conversations = await start(8, client);
    for (const round of rounds.slice(1))
      for (const conversation of conversations)
        await conversationPoster(killed.url, fixture, conversation)(`Round ${round}`);
    await expect.poll(() => receiver.received.length, later).toBe(conversations.length);
    let passedMs = 0;
    first = await startNode(() => Date.now() + passedMs);
    await killed.kill();
    const before = receiver.received.length;
    receiver.answers('/hook', 200);
    passedMs = claimDurationMs;
    await isSettled();
    const sent = receiver.received.slice(before);
    expect(new Set(idsOf(sent)).size).toBe(sent.length);
    for (const id of idsOf(receiver.received.slice(0, before))) expect(idsOf(sent)).toContain(id);
    for (const conversation of conversations) expect(contentsOf(sent, conversation)).toEqual(inOrder);
  });
});
