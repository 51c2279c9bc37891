/** A customer and an agent talk over HTTP; both hear it on /cable of another node, each what is theirs (cable.md C.3 to C.6). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InboxRow, UserRow } from '../src/db/tables.ts';
import { insertAccountRow, insertInboxRow, insertUserRow } from './fixtures/rows.ts';
import { agentIdentifier, contactIdentifier, ext, openRaw, type RawCable } from './raw-cable.ts';
import { installations, listenUrlOf, startTestServer, type TestServer } from './server.ts';

describe.each(installations)('a conversation on %s', (engine) => {
  let server: TestServer;
  let account_id: number;
  let inbox: InboxRow;
  let agent: UserRow;
  const opened: RawCable[] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    account_id = await insertAccountRow(server.app);
    inbox = await insertInboxRow(server.app, account_id);
    agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
  });

  afterEach(() => {
    for (const cable of opened.splice(0)) cable.ws.terminate();
  });

  async function call<Answer>(method: string, path: string, body: object, token = ''): Promise<Answer> {
    const answer = await fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { api_access_token: token }) },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect([answer.status, text.slice(0, 200)]).toEqual([200, text.slice(0, 200)]);
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  async function listen(identifier: string): Promise<RawCable> {
    const cable = openRaw(listenUrlOf(server), {
      protocol: ext,
      first: [{ command: 'subscribe', identifier }],
    });
    opened.push(cable);
    await cable.until((frame) => frame.type === 'confirm_subscription');
    return cable;
  }

  const heard = (cable: RawCable) =>
    cable.frames.flatMap(({ message }) =>
      message?.event && message.event !== 'presence.update' ? [message.event] : [],
    );

  const untilContent = (cable: RawCable, content: string) =>
    cable.until(({ message }) => message?.event === 'message.created' && message.data?.content === content);

  test('messages reach the other side with echo_id, notes stay among agents, typing is not kept', async () => {
    const contacts = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    const ann = await call<{ source_id: string; pubsub_token: string }>('POST', contacts, { name: 'Ann' });
    const customer = await listen(contactIdentifier(ann.pubsub_token));
    const desk = await listen(agentIdentifier(agent, account_id));

    const own = `${contacts}/${ann.source_id}/conversations`;
    const { id } = await call<{ id: number }>('POST', own, {});
    await call('POST', `${own}/${id}/messages`, { content: 'Hello', echo_id: 'e-1' });
    const echo = await untilContent(customer, 'Hello');
    expect(echo.message?.data).toMatchObject({ echo_id: 'e-1', message_type: 0, account_id });
    await untilContent(desk, 'Hello');

    const theirs = `/api/v1/accounts/${account_id}/conversations/${id}`;
    await call('POST', `${theirs}/messages`, { content: 'secret', private: true }, agent.access_token);
    await call('POST', `${theirs}/toggle_typing_status`, { typing_status: 'on' }, agent.access_token);
    await call('POST', `${theirs}/messages`, { content: 'Hi Ann' }, agent.access_token);
    const reply = await untilContent(customer, 'Hi Ann');
    expect(reply.message?.data).toMatchObject({ message_type: 1, sender: { name: 'Bea', type: 'user' } });
    await untilContent(desk, 'Hi Ann');

    expect(JSON.stringify(customer.frames)).not.toContain('secret');
    expect(heard(customer)).toContain('conversation.typing_on');
    expect(heard(desk)).not.toContain('conversation.typing_on');
    const offsets = customer.frames.flatMap(({ offset }) => offset ?? []);
    expect(offsets).toEqual(offsets.map((_, index) => index + 1));

    // A client that comes later reads the same events from the log, without the typing.
    const late = openRaw(listenUrlOf(server), {
      protocol: ext,
      first: [
        {
          command: 'subscribe',
          identifier: contactIdentifier(ann.pubsub_token),
          history: { streams: { [reply.stream_id as string]: { offset: 0, epoch: reply.epoch } } },
        },
      ],
    });
    opened.push(late);
    await late.until((frame) => frame.type === 'confirm_history');
    const last = Math.max(...late.frames.flatMap(({ offset }) => offset ?? []));
    await customer.until(({ offset }) => offset === last);
    expect(heard(late)).toEqual(heard(customer).filter((event) => !event.includes('typing')));
  });

  test('a session that loses its right is closed at once: the inbox now enforces identity', async () => {
    const boss = await insertUserRow(server.app, { account_id, role: 'administrator' });
    const contacts = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
    const ann = await call<{ pubsub_token: string }>('POST', contacts, { name: 'Ann' });
    const customer = await listen(contactIdentifier(ann.pubsub_token));
    await call(
      'PATCH',
      `/api/v1/accounts/${account_id}/inboxes/${inbox.id}`,
      { channel: { hmac_mandatory: true } },
      boss.access_token,
    );
    await customer.closed;
    const again = openRaw(listenUrlOf(server), {
      first: [{ command: 'subscribe', identifier: contactIdentifier(ann.pubsub_token) }],
    });
    opened.push(again);
    await again.until((frame) => frame.type === 'reject_subscription');
  });
});
