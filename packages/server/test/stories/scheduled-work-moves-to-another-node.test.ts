/** The node that does the scheduled work dies or is paused: another one goes on within 30 seconds, and nothing is done twice. */
import { agentApi } from '@hoory/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/main.ts';
import { type AccountFixture, call, createAccount } from '../fixtures/account.ts';
import { type ConversationFixture, createConversation } from '../fixtures/conversation.ts';
import { freePort, type ServerProcess, startProcess } from '../process.ts';
import { engines, type Fresh, freshConfig, type TestServer } from '../server.ts';

describe.runIf(engines.includes('postgres'))('the scheduled work', { timeout: 120_000 }, () => {
  let fresh: Fresh;
  let owner: ServerProcess;
  let other: TestServer;
  let fixture: AccountFixture;

  beforeEach(async () => {
    fresh = await freshConfig('postgres', { HOORY_URL: 'http://chat.test' });
    owner = await startProcess({ ...fresh.env, PORT: String(await freePort()) });
    const { env, release: stop } = fresh;
    const started = await startServer(readConfig(env));
    const url = `http://127.0.0.1:${(started.http.server.address() as { port: number }).port}`;
    other = { ...started, config: fresh.config, env, url, stop };
    fixture = await createAccount(other);
    expect(await ownerId()).not.toBe(other.app.nodes.id);
  });
  afterEach(async () => {
    await other.close();
    await owner.kill();
    await fresh.release();
  });

  const ownerId = async () => {
    const { q, get } = other.app.db;
    return (await get(q.selectFrom('leases').select('node_id')))?.node_id;
  };
  const isTakenOver = () => expect.poll(ownerId).toBe(other.app.nodes.id);

  const ask = <Body>(name: keyof typeof agentApi, { id }: ConversationFixture, body?: object) =>
    call<Body>(other, agentApi[name], {
      as: fixture.administrator,
      params: { account_id: fixture.account_id, conversation_id: id },
      body,
    });
  /** Snoozes a conversation for a moment. */
  const snooze = (conversation: ConversationFixture) =>
    ask('agentToggleStatus', conversation, {
      status: 'snoozed',
      snoozed_until: Math.floor(Date.now() / 1000) + 2,
    });
  const endsOf = async (conversation: ConversationFixture) => {
    const { body } = await ask<{ payload: { content: string }[] }>('agentListMessages', conversation);
    return body.payload.filter(({ content }) => content.includes('its snooze has ended')).length;
  };
  const isOpenedOnce = async (conversations: ConversationFixture[]) => {
    for (const conversation of conversations) await expect.poll(() => endsOf(conversation)).toBe(1);
  };

  test('of a killed node', async () => {
    const conversations = [
      await createConversation(other, fixture),
      await createConversation(other, fixture),
    ];
    await owner.kill();
    for (const conversation of conversations) await snooze(conversation);
    await isTakenOver();
    await isOpenedOnce(conversations);
    expect(other.app.nodes.hasOthers()).toBe(false);
  });

  test('of a node that stops goes on with the next heartbeat', async () => {
    const conversation = await createConversation(other, fixture);
    await snooze(conversation);
    expect(await owner.stop()).toBe(0);
    expect(await ownerId()).toBeNull();
    await isTakenOver();
    await isOpenedOnce([conversation]);
  });

  test('of a paused node, which does nothing twice when it goes on', async () => {
    const conversations = [
      await createConversation(other, fixture),
      await createConversation(other, fixture),
    ];
    owner.pause();
    for (const conversation of conversations) await snooze(conversation);
    await isTakenOver();
    await isOpenedOnce(conversations);
    const later = await createConversation(other, fixture);
    await snooze(later);
    owner.resume();
    await isOpenedOnce([later]);
    // It has joined again, and waits for the lease like every other node.
    await expect.poll(() => other.app.nodes.hasOthers()).toBe(true);
    expect(await ownerId()).toBe(other.app.nodes.id);
    await isOpenedOnce([...conversations, later]);
  });
});
