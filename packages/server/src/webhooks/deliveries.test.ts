/** Sending to a real receiver: signatures, retries, order, and what people see of failures. */
import { createHmac } from 'node:crypto';
import { agentApi, type Endpoint, type WebhookDelivery, type WebhookEndpoint } from '@hoory/contract';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { openReceiver, type Received, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { signatureHeaders } from './sign.ts';
import { wakeTopic } from './store.ts';

const soon = { timeout: 30_000, interval: 50 };
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

it('are signed as the vector of the contract', () => {
  const headers = signatureHeaders({
    delivery_id: 'd',
    body: '{"event":"message_created","id":7001}',
    secret: 'Zt5nW8qRb2LxV6yKc9HsD4mP',
    timestamp: 1_760_000_000,
  });
  expect(headers['X-Chatwoot-Signature']).toBe(
    'sha256=907805aad0601e09481f313c0599f9c71e0ee023d6d5a12ccecabc997311e23a',
  );
});

describe.each(engines)('deliveries on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let receiver: Receiver;
  let time = Date.now();
  let own: { account_id: number };

  beforeAll(async () => {
    receiver = await openReceiver();
    const settings = { HOORY_WEBHOOK_ALLOW: '127.0.0.1' };
    server = await startTestServer({ engine, settings, now: () => time });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  const asAdministrator = <Body>(endpoint: Endpoint, params: object, body?: unknown) =>
    call<Body>(server, endpoint, { as: fixture.administrator, params: { ...own, ...params }, body });

  /** An inbox whose webhook is at `path` of the receiver, with a conversation in it. */
  async function channel(path: string, host = receiver.url) {
    const body = { name: path, channel: { type: 'api', webhook_url: `${host}${path}` } };
    const { body: inbox } = await asAdministrator<{ id: number; inbox_identifier: string; secret: string }>(
      agentApi.agentCreateInbox,
      {},
      body,
    );
    const post = async (rest: string, input: object = {}) => {
      const answer = await fetch(
        `${server.url}/public/api/v1/inboxes/${inbox.inbox_identifier}/contacts${rest}`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        },
      );
      return (await answer.json()) as { id: number; source_id: string };
    };
    const { source_id } = await post('');
    const talk = async () => {
      const { id: conversation_id } = await post(`/${source_id}/conversations`);
      const says = (content: string) =>
        post(`/${source_id}/conversations/${conversation_id}/messages`, { content });
      const answered = async (content: string) =>
        (await asAdministrator<{ id: number }>(agentApi.agentPostMessage, { conversation_id }, { content }))
          .body.id;
      return { conversation_id, says, answered };
    };
    return { ...inbox, endpoint: `inbox:${inbox.id}`, talk };
  }

  const ledger = async (query: string): Promise<WebhookDelivery[]> => {
    const answer = await fetch(
      `${server.url}/api/v1/accounts/${fixture.account_id}/webhook_deliveries?${query}`,
      {
        headers: { api_access_token: fixture.administrator.access_token },
      },
    );
    return ((await answer.json()) as { payload: WebhookDelivery[] }).payload;
  };
  /** Time goes by, and the worker looks at once, not when its own round comes. */
  const pass = (pause: number) => {
    time += pause;
    server.app.bus.publish({ transient: { topic: wakeTopic, payload: '' } });
  };
  /** As `settled`, while time goes by. */
  const settledLater = (endpoint: string) => settled(endpoint, 30 * hour);
  const settled = (endpoint: string, step = 0) =>
    vi.waitFor(async () => {
      if (step) pass(step);
      const rows = await ledger(`endpoint=${endpoint}`);
      const open = rows.filter(({ settled_at }) => settled_at === null);
      expect(open.map(({ event, status, error }) => [event, status, error])).toEqual([]);
      return rows;
    }, soon);
  /** Waits until the newest delivery of a message to an endpoint has had so many attempts. */
  const attempted = (endpoint: string, attempts: number) =>
    vi.waitFor(async () => {
      const rows = await ledger(`endpoint=${endpoint}`);
      const row = rows.find(({ event }) => event === 'message_created');
      expect(row?.attempts).toBe(attempts);
      return row as WebhookDelivery;
    }, soon);
  const messageOf = async (conversation_id: number, id: number) => {
    const { body } = await asAdministrator<{
      payload: { id: number; status: string; content_attributes: object }[];
    }>(agentApi.agentListMessages, { conversation_id });
    return body.payload.find((message) => message.id === id);
  };
  const stateOf = async (endpoint: string) => {
    const { body } = await asAdministrator<{ payload: WebhookEndpoint[] }>(
      agentApi.agentListWebhookEndpoints,
      {},
    );
    return body.payload.find((one) => one.endpoint === endpoint);
  };

  it('carry both signatures, which receivers can verify', async () => {
    time = Date.now();
    const { secret, talk } = await channel('/signed');
    await (await talk()).says('Ünïcödé 🙂');
    const [{ headers, raw }] = (await receiver.waitFor('/signed', 1, 'message_created')) as [Received];
    expect(headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
    expect(headers['webhook-id']).toBe(headers['x-chatwoot-delivery']);
    const timestamp = headers['x-chatwoot-timestamp'];
    const mac = createHmac('sha256', secret).update(`${timestamp}.${raw}`).digest('hex');
    expect(headers['x-chatwoot-signature']).toBe(`sha256=${mac}`);
    const key = `whsec_${Buffer.from(secret).toString('base64')}`;
    const verify = (body: string) => new Webhook(key).verify(body, headers as Record<string, string>);
    expect(verify(raw)).toMatchObject({ event: 'message_created' });
    expect(() => verify(`${raw} `)).toThrow();
  });

  it('log in with the name and password of the address, which nobody else sees', async () => {
    const { endpoint, talk } = await channel('/basic', `http://ana:p%40ss@127.0.0.1:${receiver.port}`);
    await talk();
    const [{ headers }] = (await receiver.waitFor('/basic', 1)) as [Received];
    expect(atob(String(headers.authorization).replace('Basic ', ''))).toBe('ana:p@ss');
    expect((await stateOf(endpoint))?.url).toBe(`${receiver.url}/basic`);
  });

  it('are tried again at growing pauses under one id, and only then fail the message', async () => {
    const { endpoint, talk } = await channel('/down');
    const { conversation_id, says, answered } = await talk();
    const incoming = await says('Hello?');
    await settled(endpoint);
    receiver.answers('/down', (response, _request, { body }) => {
      response.statusCode = body.event === 'message_created' ? 500 : 200;
      response.end('broken');
    });
    const outgoing = await answered('Hi!');
    const pauses = [5 * second, 5 * minute, 30 * minute, 2, 5, 10, 14, 20, 24].map((pause) =>
      pause < 100 ? pause * hour : pause,
    );
    for (const [index, pause] of pauses.entries()) {
      const row = await attempted(endpoint, index + 1);
      expect(row).toMatchObject({ status: 'pending', error: '500 Internal Server Error' });
      const wait = ((row.next_attempt_at as number) - (row.last_attempt_at as number)) * second;
      expect(wait).toBeGreaterThanOrEqual(pause - second);
      expect(wait).toBeLessThanOrEqual(pause * 1.1 + second);
      pass(pause - second);
      expect((await messageOf(conversation_id, outgoing))?.status).toBe('sent');
      pass(pause / 10 + 2 * second);
    }
    const last = await attempted(endpoint, 10);
    expect(last).toMatchObject({ status: 'failed', response_status: 500, response_body: 'broken' });
    const tries = receiver.at('/down', 'message_created').filter(({ body }) => body.id === outgoing);
    expect(tries).toHaveLength(10);
    expect(new Set(tries.map(({ headers }) => headers['x-chatwoot-delivery']))).toEqual(
      new Set([last.delivery_id]),
    );
    expect(new Set(tries.map(({ headers }) => headers['x-chatwoot-signature'])).size).toBe(10);
    expect(await messageOf(conversation_id, outgoing)).toMatchObject({
      status: 'failed',
      content_attributes: { external_error: '500 Internal Server Error' },
    });
    const lost = await says('Are you there?');
    const all = await settledLater(endpoint);
    expect(all.find(({ message_id }) => message_id === lost.id)).toMatchObject({ status: 'failed' });
    for (const { id } of [incoming, lost])
      expect((await messageOf(conversation_id, id))?.status).toBe('sent');
  });

  it('take back that a message failed when it is sent again and taken', async () => {
    receiver.answers('/mended', (response, _request, { body }) => {
      response.statusCode = body.event === 'message_created' ? 404 : 200;
      response.end();
    });
    const { endpoint, talk } = await channel('/mended');
    const { conversation_id, answered } = await talk();
    const outgoing = await answered('Hi!');
    await vi.waitFor(
      async () => expect((await messageOf(conversation_id, outgoing))?.status).toBe('failed'),
      soon,
    );
    receiver.answers('/mended', 200);
    const lost = (await ledger(`endpoint=${endpoint}&message_id=${outgoing}`)).find(
      ({ status }) => status === 'failed',
    );
    await asAdministrator(agentApi.agentReplayWebhookDelivery, { id: lost?.id });
    await vi.waitFor(async () => {
      const message = await messageOf(conversation_id, outgoing);
      expect(message).toMatchObject({ status: 'sent', content_attributes: { external_error: null } });
    }, soon);
  });

  it('of a message go again when it is retried, before what tells of the retry', async () => {
    receiver.answers('/retried', (response, _request, { body }) => {
      response.statusCode = body.event === 'message_created' ? 404 : 200;
      response.end();
    });
    const { endpoint, talk } = await channel('/retried');
    const { conversation_id, answered } = await talk();
    const message_id = await answered('Hi!');
    await vi.waitFor(
      async () => expect((await messageOf(conversation_id, message_id))?.status).toBe('failed'),
      soon,
    );
    await settled(endpoint);
    receiver.answers('/retried', 200);
    const before = receiver.received.length;
    await asAdministrator(agentApi.agentRetryMessage, { conversation_id, message_id });
    await receiver.waitFor('/retried', 2, 'message_created');
    await settled(endpoint);
    const again = receiver.received.slice(before).filter(({ path }) => path === '/retried');
    expect(again.map(({ body }) => [body.event, body.id])).toEqual([
      ['message_created', message_id],
      ['message_updated', message_id],
    ]);
    const [first, second] = receiver.at('/retried', 'message_created');
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect((await messageOf(conversation_id, message_id))?.status).toBe('sent');
  });

  it('wait as long as a receiver asks, and not at all for what is final', async () => {
    receiver.answers('/busy', [429, { 'retry-after': '120' }]);
    const { endpoint, talk } = await channel('/busy');
    const { conversation_id } = await talk();
    const [row] = await vi.waitFor(async () => {
      const rows = await ledger(`endpoint=${endpoint}`);
      expect(rows[0]?.attempts).toBe(1);
      return rows;
    }, soon);
    expect((row?.next_attempt_at as number) - (row?.last_attempt_at as number)).toBe(120);
    receiver.answers('/busy', 404);
    pass(121 * second);
    const [done] = await settled(endpoint);
    expect(done).toMatchObject({ status: 'failed', attempts: 2, error: '404 Not Found', conversation_id });
  });

  it('end a hanging request after ten seconds, and survive one that is reset', async () => {
    receiver.answers('/hangs', () => {});
    receiver.answers('/resets', (_response, request) => request.socket.destroy());
    const hanging = await channel('/hangs');
    const resetting = await channel('/resets');
    await (await hanging.talk()).says('One');
    await (await resetting.talk()).says('Two');
    await receiver.waitFor('/hangs', 1);
    const first = async (endpoint: string) =>
      vi.waitFor(async () => {
        const row = (await ledger(`endpoint=${endpoint}`)).at(-1);
        expect(row?.attempts).toBe(1);
        return row;
      }, soon);
    expect(await first(resetting.endpoint)).toMatchObject({
      status: 'pending',
      error: expect.stringMatching(/^Connection/),
    });
    expect((await ledger(`endpoint=${hanging.endpoint}`)).at(-1)?.attempts).toBe(0);
    pass(10 * second);
    expect(await first(hanging.endpoint)).toMatchObject({
      status: 'pending',
      error: 'Timed out after 10 seconds',
    });
    receiver.answers('/hangs', 200);
    receiver.answers('/resets', 200);
    await settledLater(hanging.endpoint);
    await settledLater(resetting.endpoint);
  });

  it('are done by the status, however slowly the body comes', async () => {
    receiver.answers('/slow', (response) => {
      response.writeHead(200);
      response.write('x'.repeat(100));
    });
    const { endpoint, talk } = await channel('/slow');
    await talk();
    const [row] = await settled(endpoint);
    expect(row).toMatchObject({ status: 'delivered', response_body: 'x'.repeat(100) });
  });

  it('keep the order of a conversation, whatever happens to one of them', async () => {
    const { endpoint, talk } = await channel('/ordered');
    const { says } = await talk();
    await settled(endpoint);
    let refusals = 3;
    const taken: string[] = [];
    receiver.answers('/ordered', (response, _request, { body }) => {
      response.statusCode = refusals-- > 0 ? 503 : 200;
      if (response.statusCode === 200 && body.event === 'message_created') taken.push(body.content);
      response.end();
    });
    for (let i = 0; i < 10; i++) await says(`Message ${i}`);
    for (let i = 0; i < 3; i++) {
      await vi.waitFor(async () => {
        const head = (await ledger(`endpoint=${endpoint}&status=pending`))[0];
        expect(head?.attempts ?? 9).toBeGreaterThan(i);
      }, soon);
      pass(hour);
    }
    await settled(endpoint);
    expect(taken).toEqual(Array.from({ length: 10 }, (_, index) => `Message ${index}`));
  });

  it('of one endpoint never wait for another that is dead', async () => {
    receiver.answers('/dead', () => {});
    const dead = await channel('/dead');
    const alive = await channel('/alive');
    const talks = await Promise.all(Array.from({ length: 12 }, () => dead.talk()));
    await Promise.all(talks.map(({ says }) => says('Anybody?')));
    await receiver.waitFor('/dead', 8);
    await (await alive.talk()).says('Here');
    await receiver.waitFor('/alive', 1, 'message_created');
    await settled(alive.endpoint);
    expect(receiver.at('/dead')).toHaveLength(8);
    receiver.answers('/dead', (_response, request) => request.socket.destroy());
    await vi.waitFor(async () => {
      pass(11 * second);
      expect(await stateOf(dead.endpoint)).toMatchObject({
        state: 'resting',
        last_error: expect.any(String),
      });
    }, soon);
    receiver.answers('/dead', 200);
    await asAdministrator(agentApi.agentTestWebhookEndpoint, {}, { endpoint: dead.endpoint });
    await receiver.waitFor('/dead', 1, 'webhook_test');
    await settledLater(dead.endpoint);
    expect(await stateOf(dead.endpoint)).toMatchObject({ state: 'ok', failures: 0, pending: 0 });
  });

  it('stop at an endpoint that is gone, until a test reaches it', async () => {
    receiver.answers('/gone', 410);
    const { endpoint, talk } = await channel('/gone');
    const { says } = await talk();
    await settled(endpoint);
    await vi.waitFor(async () => expect((await stateOf(endpoint))?.state).toBe('disabled'), soon);
    await says('Nobody hears');
    expect(await ledger(`endpoint=${endpoint}`)).toHaveLength(1);
    receiver.answers('/gone', 200);
    const test = await asAdministrator<WebhookDelivery>(agentApi.agentTestWebhookEndpoint, {}, { endpoint });
    expect(test.body).toMatchObject({ endpoint, event: 'webhook_test', status: 'pending' });
    await receiver.waitFor('/gone', 1, 'webhook_test');
    await vi.waitFor(async () => expect((await stateOf(endpoint))?.state).toBe('ok'), soon);
    await says('Somebody hears');
    await receiver.waitFor('/gone', 1, 'message_created');
  });

  it('to bots fail after three attempts, and the pending conversation opens', async () => {
    const { id, talk } = await channel('/beside');
    const bot = await asAdministrator<{ id: number }>(
      agentApi.agentCreateBot,
      {},
      { name: 'Bo', outgoing_url: `${receiver.url}/bot` },
    );
    const endpoint = `bot:${bot.body.id}`;
    receiver.answers('/bot', 500);
    await asAdministrator(agentApi.agentSetInboxBot, { id }, { agent_bot: bot.body.id });
    const { conversation_id, says } = await talk();
    const status = async () =>
      (await asAdministrator<{ status: string }>(agentApi.agentGetConversation, { conversation_id })).body
        .status;
    await says('Help');
    for (const attempts of [1, 2]) {
      const row = await attempted(endpoint, attempts);
      expect((row.next_attempt_at as number) - (row.last_attempt_at as number)).toBeLessThanOrEqual(4);
      expect(await status()).toBe('pending');
      pass(4 * second);
    }
    await attempted(endpoint, 3);
    await vi.waitFor(async () => expect(await status()).toBe('open'), soon);
    const { body } = await asAdministrator<{ payload: { content: string }[] }>(agentApi.agentListMessages, {
      conversation_id,
    });
    expect(body.payload.at(-1)?.content).toMatch(/bot could not be reached/);
  });

  it('to a bot that is gone, or fails where the account waits for bots, leave nobody waiting unknowingly', async () => {
    const { id, talk } = await channel('/beside');
    const bot = await asAdministrator<{ id: number }>(
      agentApi.agentCreateBot,
      {},
      { name: 'Gus', outgoing_url: `${receiver.url}/gone-bot` },
    );
    receiver.answers('/gone-bot', 410);
    await asAdministrator(agentApi.agentSetInboxBot, { id }, { agent_bot: bot.body.id });
    const statusOf = async (conversation_id: number) =>
      (await asAdministrator<{ status: string }>(agentApi.agentGetConversation, { conversation_id })).body
        .status;
    // The second finds the bot disabled.
    for (let count = 0; count < 2; count++) {
      const { conversation_id, says } = await talk();
      expect(await statusOf(conversation_id)).toBe('pending');
      await says('Help');
      await vi.waitFor(async () => expect(await statusOf(conversation_id)).toBe('open'), soon);
      await vi.waitFor(
        async () => expect((await stateOf(`bot:${bot.body.id}`))?.state).toBe('disabled'),
        soon,
      );
    }
    await asAdministrator(agentApi.agentUpdateAccount, {}, { keep_pending_on_bot_failure: true });
    const { conversation_id, says } = await talk();
    const { id: message_id } = await says('Help');
    await vi.waitFor(
      async () => expect(await ledger(`message_id=${message_id}&status=failed`)).toHaveLength(1),
      soon,
    );
    expect(await statusOf(conversation_id)).toBe('pending');
    await asAdministrator(agentApi.agentUpdateAccount, {}, { keep_pending_on_bot_failure: null });
  });

  it('are listed by page and by what is asked, for administrators of the account only', async () => {
    const { endpoint, talk } = await channel('/listed');
    const { says, conversation_id } = await talk();
    const { id } = await says('Hello');
    const rows = await settled(endpoint);
    expect(rows.map(({ event }) => event)).toEqual(['message_created', 'conversation_created']);
    expect(await ledger(`message_id=${id}`)).toEqual([rows[0]]);
    expect(await ledger(`endpoint=${endpoint}&before=${rows[0]?.id}`)).toEqual([rows[1]]);
    expect(await ledger(`endpoint=${endpoint}&status=failed`)).toEqual([]);
    const one = await asAdministrator<{ payload: object }>(agentApi.agentGetWebhookDelivery, {
      id: rows[0]?.id,
    });
    expect(one.body).toMatchObject({
      payload: { event: 'message_created', conversation: { id: conversation_id } },
    });
    const foreign = await call(server, agentApi.agentGetWebhookDelivery, {
      as: fixture.foreigner,
      params: { account_id: fixture.foreign.account_id, id: rows[0]?.id ?? 0 },
    });
    expect(foreign.status).toBe(404);
    const theirs = { endpoint: `inbox:${fixture.foreign.inbox.id}`, since: 0 };
    for (const verb of [agentApi.agentTestWebhookEndpoint, agentApi.agentReplayWebhookDeliveries])
      expect((await asAdministrator(verb, {}, theirs)).status).toBe(404);
    expect(
      (await asAdministrator(agentApi.agentTestWebhookEndpoint, {}, { endpoint: 'house:1' })).status,
    ).toBe(422);
  });

  it('are sent again, one or all of a span, in their order and under their ids', async () => {
    const { endpoint, talk } = await channel('/again');
    const { says } = await talk();
    for (let i = 0; i < 3; i++) await says(`Message ${i}`);
    const [newest, ...older] = await settled(endpoint);
    const one = await asAdministrator<WebhookDelivery>(agentApi.agentReplayWebhookDelivery, {
      id: newest?.id,
    });
    expect(one.body).toMatchObject({ id: newest?.id, delivery_id: newest?.delivery_id, attempts: 0 });
    const idsAt = () => receiver.at('/again').map(({ headers }) => headers['webhook-id']);
    await expect.poll(() => idsAt().length, soon).toBe(5);
    expect(idsAt().at(-1)).toBe(newest?.delivery_id);
    await settled(endpoint);
    const since = Math.floor(time / 1000) - 60;
    const all = await asAdministrator(agentApi.agentReplayWebhookDeliveries, {}, { endpoint, since });
    expect(all.body).toEqual({ count: 4 });
    await expect.poll(() => idsAt().length, soon).toBe(9);
    expect(idsAt().slice(-4)).toEqual([newest, ...older].map((row) => row?.delivery_id).reverse());
    const none = await asAdministrator(
      agentApi.agentReplayWebhookDeliveries,
      {},
      { endpoint, since: 1, until: 2 },
    );
    expect(none.body).toEqual({ count: 0 });
  });

  it('do not follow a redirect', async () => {
    receiver.answers('/moved', [302, { location: `${receiver.url}/elsewhere` }]);
    const { endpoint, talk } = await channel('/moved');
    await talk();
    expect((await settled(endpoint))[0]).toMatchObject({ status: 'failed', response_status: 302 });
    expect(receiver.at('/elsewhere')).toEqual([]);
  });
});
