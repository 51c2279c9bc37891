import { agentApi, type Endpoint, webhookPayloads } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { openReceiver, payloadFaults, type Received, type Receiver } from '../../test/receiver.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

interface Made {
  id: number;
  source_id: string;
}

describe.each(engines)('payloads of webhooks on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let receiver: Receiver;
  let own: { account_id: number };
  let bot: { id: number; access_token: string };
  let customer: string;
  let conversation_id: number;

  const asAdministrator = <Body>(endpoint: Endpoint, params: object, body?: unknown) =>
    call<Body>(server, endpoint, { as: fixture.administrator, params: { ...own, ...params }, body });
  const post = async (path: string, body: object = {}): Promise<Made> => {
    const answer = await fetch(
      `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts${path}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
    );
    expect(answer.status).toBe(200);
    const text = await answer.text();
    return JSON.parse(text || '{}') as Made;
  };
  const says = (content: string) =>
    post(`/${customer}/conversations/${conversation_id}/messages`, { content });
  const newest = async (path: string, event: string): Promise<Received['body']> =>
    (await receiver.waitFor(path, 1, event)).at(-1)?.body;

  beforeAll(async () => {
    receiver = await openReceiver();
    server = await startTestServer({ engine, settings: { HOORY_WEBHOOK_ALLOW: '127.0.0.0/8' } });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
    const subscriptions = Object.keys(webhookPayloads).filter(
      (event) => !['conversation_opened', 'conversation_resolved', 'webhook_test'].includes(event),
    );
    await asAdministrator(agentApi.agentCreateWebhook, {}, { url: `${receiver.url}/account`, subscriptions });
    const channel = { webhook_url: `${receiver.url}/channel` };
    await asAdministrator(agentApi.agentUpdateInbox, { id: fixture.inbox.id }, { channel });
    const made = await asAdministrator<typeof bot>(
      agentApi.agentCreateBot,
      {},
      { name: 'Bo', outgoing_url: `${receiver.url}/bot` },
    );
    bot = made.body;
    await asAdministrator(agentApi.agentSetInboxBot, { id: fixture.inbox.id }, { agent_bot: bot.id });
    customer = (await post('', { name: 'Lia', email: 'lia@mail.test' })).source_id;
    conversation_id = (await post(`/${customer}/conversations`)).id;
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  it('tell of a contact and of a new conversation, and hide the session’s token', async () => {
    const contact = await newest('/account', 'contact_created');
    expect(contact).toMatchObject({ name: 'Lia', email: 'lia@mail.test', account: { name: 'Shop' } });
    expect(contact).not.toHaveProperty('type');
    const conversation = await newest('/account', 'conversation_created');
    expect(conversation).toMatchObject({
      id: conversation_id,
      status: 'pending',
      messages: [],
      account: { id: fixture.account_id, name: 'Shop' },
      contact_inbox: { source_id: customer, pubsub_token: null },
    });
    expect(conversation).not.toHaveProperty('account_id');
    expect(await newest('/channel', 'conversation_created')).toEqual(conversation);
    expect(receiver.at('/bot', 'conversation_created')).toEqual([]);
    expect(receiver.at('/channel', 'contact_created')).toEqual([]);
  });

  it('tell of a customer’s message to all three kinds of receivers alike', async () => {
    await says('Hello\\\nthere\n\n');
    const message = await newest('/account', 'message_created');
    expect(message).toMatchObject({
      content: 'Hello\nthere',
      message_type: 'incoming',
      private: false,
      inbox: { id: fixture.inbox.id, name: 'App' },
      sender: { name: 'Lia', avatar: '' },
      conversation: { id: conversation_id, messages: [{ message_type: 0, content: 'Hello\nthere' }] },
    });
    expect(message.created_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    for (const key of ['echo_id', 'status', 'updated_at', 'conversation_id'])
      expect(message).not.toHaveProperty(key);
    expect(await newest('/channel', 'message_created')).toEqual(message);
    expect(await newest('/bot', 'message_created')).toEqual(message);
    expect(await newest('/account', 'contact_updated')).toMatchObject({
      name: 'Lia',
      changed_attributes: [{ last_activity_at: { previous_value: null } }, { updated_at: {} }],
    });
  });

  it('tell of agents’ and bots’ answers and notes, of opening and of resolving, but not of activities', async () => {
    const params = { conversation_id };
    const form = new FormData();
    form.append('content', 'See this');
    form.append('attachments[]', new Blob(['hello']), 'note.txt');
    const path = `/api/v1/accounts/${fixture.account_id}/conversations/${conversation_id}/messages`;
    await fetch(server.url + path, {
      method: 'POST',
      headers: { api_access_token: fixture.administrator.access_token },
      body: form,
    });
    await asAdministrator(agentApi.agentPostMessage, params, { content: 'He is nice', private: true });
    await call(server, agentApi.agentPostMessage, {
      as: bot,
      params: { ...own, ...params },
      body: { content: 'Beep' },
    });
    await call(server, agentApi.agentToggleStatus, {
      as: bot,
      params: { ...own, ...params },
      body: { status: 'open' },
    });
    await asAdministrator(agentApi.agentSetConversationLabels, params, { labels: ['vip'] });
    await asAdministrator(agentApi.agentToggleStatus, params, { status: 'resolved' });
    await receiver.waitFor('/bot', 2, 'conversation_status_changed');
    const [withFile, note, beep] = (await receiver.waitFor('/account', 4, 'message_created')).slice(-3);
    expect(withFile?.body).toMatchObject({
      message_type: 'outgoing',
      sender: { type: 'user', email: fixture.administrator.email },
      attachments: [{ data_url: expect.stringContaining(`${server.url}/files/`) }],
    });
    expect(note?.body).toMatchObject({
      private: true,
      conversation: { messages: [{ content: 'He is nice' }] },
    });
    expect(beep?.body).toMatchObject({ sender: { id: bot.id, name: 'Bo', type: 'agent_bot' } });
    const updates = receiver
      .at('/account', 'conversation_updated')
      .map(({ body }) => body.changed_attributes);
    expect(updates).toContainEqual([
      { label_list: { previous_value: [], current_value: ['vip'] } },
      { updated_at: { previous_value: expect.any(String), current_value: expect.any(String) } },
    ]);
    const statuses = receiver.at('/bot').filter(({ body }) => /opened|resolved|status/.test(body.event));
    expect(statuses.map(({ body }) => [body.event, body.status])).toEqual([
      ['conversation_opened', 'open'],
      ['conversation_status_changed', 'open'],
      ['conversation_resolved', 'resolved'],
      ['conversation_status_changed', 'resolved'],
    ]);
    expect(statuses[1]?.body.changed_attributes).toBeNull();
    expect(receiver.at('/account').some(({ raw }) => raw.includes('marked resolved by'))).toBe(false);
  });

  it('tell of reading, of typing on both sides, and of settings without their secrets', async () => {
    await post(`/${customer}/conversations/${conversation_id}/update_last_seen`);
    await newest('/channel', 'message_updated');
    await post(`/${customer}/conversations/${conversation_id}/toggle_typing`, { typing_status: 'on' });
    expect(await newest('/channel', 'conversation_typing_on')).toMatchObject({
      is_private: false,
      user: { name: 'Lia' },
      conversation: { id: conversation_id },
    });
    await asAdministrator(
      agentApi.agentToggleTyping,
      { conversation_id },
      { typing_status: 'off', is_private: true },
    );
    expect(await newest('/account', 'conversation_typing_off')).toMatchObject({
      is_private: true,
      user: { type: 'user' },
    });
    const url = 'https://user:pass@hooks.shop.test/in';
    const body = { name: 'Second', channel: { type: 'api', webhook_url: url } };
    const { id } = (await asAdministrator<Made>(agentApi.agentCreateInbox, {}, body)).body;
    const created = await newest('/account', 'inbox_created');
    expect(created).toMatchObject({
      id,
      name: 'Second',
      channel: { webhook_url: 'https://hooks.shop.test/in' },
    });
    await asAdministrator(agentApi.agentRotateHmacToken, { id });
    await asAdministrator(agentApi.agentUpdateInbox, { id }, { name: 'Third' });
    const changes = (await receiver.waitFor('/account', 4, 'inbox_updated')).map(
      ({ body }) => body.changed_attributes,
    );
    const updated = { updated_at: { previous_value: expect.any(String), current_value: expect.any(String) } };
    expect(changes).toContainEqual([updated]);
    expect(changes).toContainEqual([{ name: { previous_value: 'Second', current_value: 'Third' } }, updated]);
  });

  it('link the survey, and tell of its answer', async () => {
    await asAdministrator(agentApi.agentUpdateInbox, { id: fixture.inbox.id }, { csat_survey_enabled: true });
    const { id } = await post(`/${customer}/conversations`);
    await asAdministrator(agentApi.agentToggleStatus, { conversation_id: id }, { status: 'resolved' });
    const isSurvey = ({ body }: Received) => body.content_type === 'input_csat';
    await expect.poll(() => receiver.at('/channel', 'message_created').some(isSurvey)).toBe(true);
    const survey = receiver.at('/channel', 'message_created').find(isSurvey)?.body;
    expect(survey).toMatchObject({ message_type: 'template', sender: null });
    expect(survey.content).toMatch(new RegExp(`${server.url}/survey/responses/[0-9a-f-]{36}$`));
  });

  it('are what the contract states, without a secret in any of them', () => {
    expect(receiver.received.map(payloadFaults).filter((faults) => faults.length)).toEqual([]);
    const heard = new Set(receiver.received.map(({ body }) => body.event));
    const expected = Object.keys(webhookPayloads).filter((event) => event !== 'webhook_test');
    expect([...heard].sort()).toEqual(expected.sort());
    const all = receiver.received.map(({ raw }) => raw).join('\n');
    for (const secret of [fixture.inbox.hmac_token, fixture.inbox.secret, bot.access_token, 'user:pass'])
      expect(all).not.toContain(secret);
  });
});
