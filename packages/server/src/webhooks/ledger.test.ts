/** What becomes of deliveries over time: bots that hear once, nodes that share work, contacts that go, and pruning. */
import { agentApi, type Endpoint, type WebhookDelivery } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { openReceiver, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { startServer } from '../main.ts';
import { pruneDeliveries } from './prune.ts';

const soon = { timeout: 30_000, interval: 50 };

describe.each(engines)('the ledger of webhooks on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let receiver: Receiver;
  let own: { account_id: number };
  let time = Date.now();

  beforeAll(async () => {
    receiver = await openReceiver();
    const settings = { HOORY_WEBHOOK_ALLOW: '127.0.0.1' };
    server = await startTestServer({ engine, settings, now: () => time });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
    const channel = { webhook_url: `${receiver.url}/hook` };
    await asAdministrator(agentApi.agentUpdateInbox, { id: fixture.inbox.id }, { channel });
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  const asAdministrator = <Body>(endpoint: Endpoint, params: object, body?: unknown) =>
    call<Body>(server, endpoint, { as: fixture.administrator, params: { ...own, ...params }, body });
  const post = async (path: string, body: object = {}) => {
    const base = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { id: number; source_id: string };
  };
  const talk = async (name: string) => {
    const { source_id } = await post('', { name });
    const { id: conversation_id } = await post(`/${source_id}/conversations`);
    const says = (content: string) =>
      post(`/${source_id}/conversations/${conversation_id}/messages`, { content });
    return { conversation_id, says };
  };
  const contactOf = async (conversation_id: number) => {
    const { body } = await asAdministrator<{ meta: { sender: { id: number } } }>(
      agentApi.agentGetConversation,
      { conversation_id },
    );
    return body.meta.sender.id;
  };
  const rows = () => server.app.db.all(server.app.db.q.selectFrom('webhook_deliveries').selectAll());
  const allSettled = () =>
    expect.poll(async () => (await rows()).every(({ settled_at }) => settled_at !== null), soon).toBe(true);

  it('sends to an assigned bot, and once to a bot that is also the bot of the inbox', async () => {
    const { body: bot } = await asAdministrator<{ id: number }>(
      agentApi.agentCreateBot,
      {},
      { name: 'Bo', outgoing_url: `${receiver.url}/bot` },
    );
    const { conversation_id, says } = await talk('Lia');
    await says('Nobody here?');
    const assignment = { assignee_id: bot.id, assignee_type: 'AgentBot' };
    await asAdministrator(agentApi.agentAssignConversation, { conversation_id }, assignment);
    const { id } = await says('And now?');
    expect((await receiver.waitFor('/bot', 1, 'message_created')).map(({ body }) => body.id)).toEqual([id]);
    await asAdministrator(agentApi.agentSetInboxBot, { id: fixture.inbox.id }, { agent_bot: bot.id });
    const { id: next } = await says('Twice?');
    await receiver.waitFor('/bot', 2, 'message_created');
    await allSettled();
    expect(receiver.at('/bot', 'message_created').map(({ body }) => body.id)).toEqual([id, next]);
    await asAdministrator(agentApi.agentSetInboxBot, { id: fixture.inbox.id }, { agent_bot: null });
  });

  it('sends a delivery once with several nodes', async () => {
    if (engine === 'sqlite') return;
    const other = await startServer({ ...server.config, port: 0 }, () => time);
    const before = receiver.received.length;
    const talks = await Promise.all(Array.from({ length: 10 }, (_, index) => talk(`Customer ${index}`)));
    for (let round = 0; round < 5; round++)
      await Promise.all(talks.map(({ says }) => says(`Round ${round}`)));
    await allSettled();
    await other.close();
    const sent = receiver.received.slice(before).filter(({ path }) => path === '/hook');
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(sent.length);
    const contents = (conversation_id: number) =>
      sent
        .filter(({ body }) => body.event === 'message_created' && body.conversation.id === conversation_id)
        .map(({ body }) => body.content);
    for (const { conversation_id } of talks)
      expect(contents(conversation_id)).toEqual([0, 1, 2, 3, 4].map((round) => `Round ${round}`));
  });

  it('erases the content of deliveries of an erased contact, also of unsent ones', async () => {
    const kept = await talk('Kept Kim');
    const gone = await talk('Gone Gus');
    await gone.says('My secret');
    await kept.says('Stay');
    await allSettled();
    receiver.answers('/hook', 503);
    await gone.says('Another secret');
    const open = async () => (await rows()).filter(({ settled_at }) => settled_at === null);
    await expect.poll(async () => (await open()).some(({ attempts }) => attempts === 1), soon).toBe(true);
    const id = await contactOf(gone.conversation_id);
    expect((await asAdministrator(agentApi.agentDeleteContact, { id })).status).toBe(200);
    const text = JSON.stringify(await rows());
    for (const secret of ['Gus', 'secret']) expect(text).not.toContain(secret);
    expect(text).toContain('Kim');
    receiver.answers('/hook', 200);
    const before = receiver.received.length;
    await expect
      .poll(async () => {
        time += 3_600_000;
        return (await open()).length;
      }, soon)
      .toBe(0);
    expect(receiver.received.slice(before).some(({ raw }) => raw.includes('secret'))).toBe(false);
    const [row] = (await rows()).filter(({ payload, pack_id }) => payload === '' && pack_id === null);
    const replay = await asAdministrator(agentApi.agentReplayWebhookDelivery, { id: row?.id });
    expect(replay.status).toBe(422);
    const shown = await asAdministrator<WebhookDelivery>(agentApi.agentGetWebhookDelivery, { id: row?.id });
    expect(shown.body).toMatchObject({ payload: {} });
  });

  it('keeps settled deliveries for their time, and unsettled ones without a limit', async () => {
    const { says } = await talk('Old Olga');
    await says('Hello');
    await allSettled();
    receiver.answers('/hook', () => {});
    await says('Unanswered');
    const count = (await rows()).length;
    expect(await pruneDeliveries(server.app.db, { age: 86_400_000, events: 1 }, time)).toBe(0);
    const deleted = await pruneDeliveries(
      server.app.db,
      { age: 86_400_000, events: 1 },
      time + 10 * 86_400_000,
    );
    expect(deleted).toBeGreaterThan(0);
    const left = await rows();
    expect(left).toHaveLength(count - deleted);
    expect(left.every(({ settled_at }) => settled_at === null)).toBe(true);
    receiver.answers('/hook', 200);
  });
});
