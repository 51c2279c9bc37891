/** `/cable` as a raw client sees it: base protocol, policies, access, slow readers (cable.md A, B). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  insertAccountRow,
  insertInboxRow,
  insertSessionRow,
  insertUserRow,
} from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import {
  agentIdentifier,
  base,
  contactIdentifier,
  eventually,
  ext,
  openRaw,
  type RawCable,
} from '../../test/raw-cable.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import type { ContactInboxRow, InboxRow } from '../db/tables.ts';
import { emitAccessChanges } from '../events/access.ts';
import { streamOf } from '../events/emit.ts';
import { hmacHex } from '../secrets.ts';

let server: TestServer;
let account_id: number;
let inbox: InboxRow;
let session: ContactInboxRow;
const opened: RawCable[] = [];

beforeAll(async () => {
  server = await startTestServer();
  account_id = await insertAccountRow(server.app);
  inbox = await insertInboxRow(server.app, account_id);
  session = await insertSessionRow(server.app, inbox);
});

afterAll(async () => {
  for (const cable of opened) cable.ws.terminate();
  await server.stop();
});

function open(options: Parameters<typeof openRaw>[1] = {}): RawCable {
  const cable = openRaw(server.url, options);
  opened.push(cable);
  return cable;
}

async function subscribed(identifier: string, options: Parameters<typeof openRaw>[1] = {}) {
  const cable = open({ ...options, first: [{ command: 'subscribe', identifier }] });
  await cable.until((frame) => frame.type === 'confirm_subscription');
  return cable;
}

const say = (streams: string[], n: number, event = 'message.created') =>
  server.app.db.write(async (tx) => logEvent(tx, event, [{ streams, data: { n, account_id } }]));

test('confirms a raw client that subscribes before the welcome, and sends it events', async () => {
  const identifier = ` ${contactIdentifier(session.pubsub_token)}`;
  const cable = await subscribed(identifier);
  expect(cable.frames[0]).toEqual({ type: 'welcome' });
  expect(cable.frames[1]).toEqual({ identifier, type: 'confirm_subscription' });
  expect(cable.ws.protocol).toBe('');
  await say([streamOf.session(session.id)], 1);
  const frame = await cable.until(({ message }) => message?.event === 'message.created');
  expect(frame).toEqual({ identifier, message: { event: 'message.created', data: { n: 1, account_id } } });
});

test('answers a plain request with 404', async () => {
  const answer = await fetch(`${server.url}/cable`);
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    404,
    'text/plain; charset=utf-8',
    'Page not found',
  ]);
});

test('welcomes any origin and none: no cookie opens anything, a token does', async () => {
  for (const origin of ['https://shop.test', 'null', undefined]) {
    const cable = open({ origin });
    expect(await cable.until((frame) => frame.type === 'welcome')).toEqual({ type: 'welcome' });
  }
});

test('pings at the pace and precision that a client of the extended protocol asks for', async () => {
  const [fast, usual] = [
    open({ protocol: ext, query: '?pi=1&ptp=ms' }),
    open({ protocol: base, query: '?pi=1' }),
  ];
  await eventually(() => usual.pings.length === 1);
  expect(fast.pings.length).toBeGreaterThanOrEqual(2);
  expect(fast.pings[0]).toBeGreaterThan(1e12);
  expect(usual.pings[0]).toBeLessThan(1e11);
});

test('chooses the first protocol it knows', async () => {
  const cable = open({ protocol: base });
  await cable.until((frame) => frame.type === 'welcome');
  expect(cable.ws.protocol).toBe(base);
});

test('survives everything malformed and ignores what it does not know', async () => {
  const identifier = contactIdentifier(session.pubsub_token);
  const cable = open({
    first: [
      'not json',
      '[]',
      'null',
      '{"command":7}',
      '{"command":"subscribe"}',
      '{"command":"subscribe","identifier":"no json"}',
      '{"command":"subscribe","identifier":"{\\"channel\\":\\"OtherChannel\\"}"}',
      '{"command":"subscribe","identifier":{"channel":"RoomChannel"}}',
      '{"command":"message","identifier":"x","data":null}',
      '{"command":"message","identifier":"x","data":"{"}',
      { command: 'explode', identifier },
      { command: 'unsubscribe', identifier },
      { command: 'pong' },
      { command: 'whisper', identifier, data: {} },
      { command: 'subscribe', identifier },
    ],
  });
  await cable.until((frame) => frame.type === 'confirm_subscription');
  await cable.settled();
  const others = cable.frames.filter((frame) => frame.message === undefined).map((frame) => frame.type);
  expect(others).toEqual(['welcome', 'confirm_subscription', 'pong']);
});

test('confirms an identifier once, rejects a bad token each time', async () => {
  const identifier = contactIdentifier(session.pubsub_token);
  const wrong = contactIdentifier('nobody');
  const cable = open();
  await cable.until((frame) => frame.type === 'welcome');
  for (let i = 0; i < 3; i++) cable.send({ command: 'subscribe', identifier });
  for (let i = 0; i < 2; i++) cable.send({ command: 'subscribe', identifier: wrong });
  await cable.settled();
  expect(cable.frames.filter((frame) => frame.type === 'confirm_subscription')).toHaveLength(1);
  expect(cable.frames.filter((frame) => frame.type === 'reject_subscription')).toEqual([
    { identifier: wrong, type: 'reject_subscription' },
    { identifier: wrong, type: 'reject_subscription' },
  ]);
});

test('sends nothing after unsubscribe and everything again after subscribing again', async () => {
  const identifier = contactIdentifier(session.pubsub_token);
  const cable = await subscribed(identifier);
  cable.send({ command: 'unsubscribe', identifier });
  await cable.settled();
  await say([streamOf.session(session.id)], 100);
  cable.send({ command: 'subscribe', identifier });
  await cable.settled();
  await say([streamOf.session(session.id)], 101);
  await cable.until(({ message }) => message?.data?.n === 101);
  expect(cable.numbers()).toEqual([101]);
});

test('shows presence on subscribing and on update_presence, whether data is text or an object', async () => {
  const agent = await insertUserRow(server.app, { account_id, role: 'agent' });
  const desk = await subscribed(agentIdentifier(agent, account_id));
  const ann = await insertSessionRow(server.app, inbox);
  const identifier = contactIdentifier(ann.pubsub_token);
  const cable = await subscribed(identifier);
  await cable.until(({ message }) => message?.event === 'presence.update');
  cable.frames.length = 0;
  cable.send({ command: 'message', identifier, data: '{"action":"update_presence"}' });
  cable.send({ command: 'message', identifier, data: { action: 'update_presence' } });
  await cable.settled();
  const updates = cable.frames.filter(({ message }) => message?.event === 'presence.update');
  expect(updates.length).toBeGreaterThanOrEqual(2);
  const { users, ...rest } = updates[0]?.message?.data ?? {};
  expect(rest).toEqual({ account_id });
  expect(users).toMatchObject({ [agent.id]: 'online' });
  desk.send({
    command: 'message',
    identifier: agentIdentifier(agent, account_id),
    data: '{"action":"update_presence"}',
  });
  await desk.until(({ message }) => {
    const contacts = message?.data?.contacts as Record<string, string> | undefined;
    return contacts?.[ann.contact_id] === 'online';
  });
  expect(await server.app.presence.isOnline(account_id, 'user', agent.id)).toBe(true);
});

test('tells contacts when an agent comes', async () => {
  const cable = await subscribed(contactIdentifier(session.pubsub_token));
  const agent = await insertUserRow(server.app, { account_id, role: 'agent' });
  await subscribed(agentIdentifier(agent, account_id));
  await cable.until(({ message }) => {
    const users = message?.data?.users as Record<string, string> | undefined;
    return users?.[agent.id] === 'online' && message?.data?.contacts === undefined;
  });
});

test('agents hear their inboxes, administrators all of the account, nobody a foreign one', async () => {
  const other = await insertInboxRow(server.app, account_id);
  const agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
  const administrator = await insertUserRow(server.app, { account_id, role: 'administrator' });
  const stranger = await insertUserRow(server.app, {
    account_id: await insertAccountRow(server.app),
    role: 'agent',
  });
  const atDesk = await subscribed(agentIdentifier(agent, account_id));
  const atOffice = await subscribed(agentIdentifier(administrator, account_id));
  const outside = open({
    first: [{ command: 'subscribe', identifier: agentIdentifier(stranger, account_id) }],
  });
  await outside.until((frame) => frame.type === 'reject_subscription');
  await say([streamOf.inbox(other.id)], 1);
  await say([streamOf.inbox(inbox.id)], 2);
  await say([streamOf.account(account_id)], 3);
  await say([streamOf.user(agent.id)], 4);
  await say([streamOf.account(account_id)], 5);
  await atDesk.until(({ message }) => message?.data?.n === 5);
  await atOffice.until(({ message }) => message?.data?.n === 5);
  expect(atDesk.numbers()).toEqual([2, 3, 4, 5]);
  expect(atOffice.numbers()).toEqual([1, 2, 3, 5]);
});

test('follows membership at once and closes the socket of who lost the account', async () => {
  const agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
  const desk = await subscribed(agentIdentifier(agent, account_id));
  const second = await insertInboxRow(server.app, account_id);
  await server.app.db.write(async (tx) => {
    await tx.run(tx.q.deleteFrom('inbox_members').where('user_id', '=', agent.id));
    await tx.insertMany('inbox_members', [{ inbox_id: second.id, user_id: agent.id, created_at: 0 }]);
    emitAccessChanges(tx, [{ user_id: agent.id }]);
  });
  let n = 0;
  await eventually(() => {
    void say([streamOf.inbox(second.id)], ++n);
    return desk.numbers().length > 0;
  });
  await say([streamOf.inbox(inbox.id)], -1);
  await server.app.db.write(async (tx) => {
    await tx.run(tx.q.deleteFrom('account_users').where('user_id', '=', agent.id));
    emitAccessChanges(tx, [{ user_id: agent.id }]);
  });
  await desk.closed;
  expect(desk.numbers()).not.toContain(-1);
  expect(desk.frames.at(-1)).toEqual({ type: 'disconnect', reason: 'remote', reconnect: true });
});

test('enforce needs a verified session or proof, safe a hard source_id', async () => {
  const strict = await insertInboxRow(server.app, account_id, 'enforce');
  const ann = await insertSessionRow(server.app, strict);
  const easy = await insertSessionRow(server.app, inbox, 'ann');
  const wrong = { identifier: 'ann-1', identifier_hash: hmacHex('x', 'ann-1') };
  const right = { identifier: 'ann-1', identifier_hash: hmacHex(strict.hmac_token, 'ann-1') };
  const cable = open();
  await cable.until((frame) => frame.type === 'welcome');
  for (const [token, proof] of [
    [ann.pubsub_token, {}],
    [ann.pubsub_token, wrong],
    [ann.pubsub_token, right],
    [easy.pubsub_token, {}],
    [
      (await insertSessionRow(server.app, await insertInboxRow(server.app, account_id, 'legacy'), 'bob'))
        .pubsub_token,
      {},
    ],
  ] as const)
    cable.send({ command: 'subscribe', identifier: contactIdentifier(token, proof) });
  await cable.settled();
  const answers = cable.frames.filter((frame) => frame.type?.endsWith('_subscription'));
  expect(answers.map((frame) => frame.type?.split('_')[0])).toEqual([
    'reject',
    'reject',
    'confirm',
    'reject',
    'confirm',
  ]);
});

test('typing reaches a stream without a position, and not the typist', async () => {
  const agent = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
  const colleague = await insertUserRow(server.app, { account_id, role: 'agent', inboxes: [inbox.id] });
  const own = await subscribed(agentIdentifier(agent, account_id), { protocol: ext });
  const other = await subscribed(agentIdentifier(colleague, account_id), { protocol: ext });
  server.app.bus.publish({
    transient: {
      topic: streamOf.inbox(inbox.id),
      payload: '{"event":"conversation.typing_on","data":{"n":1}}',
      except: streamOf.user(agent.id),
    },
  });
  const heard = await other.until(({ message }) => message?.event === 'conversation.typing_on');
  expect(Object.keys(heard)).toEqual(['identifier', 'message']);
  await own.settled();
  expect(own.numbers()).toEqual([]);
});

test('reads the log when the bus lost a notice, and keeps the order', async () => {
  const ann = await insertSessionRow(server.app, inbox);
  const stream = streamOf.session(ann.id);
  const cable = await subscribed(contactIdentifier(ann.pubsub_token), { protocol: ext });
  const { publish } = server.app.bus;
  server.app.bus.publish = () => {};
  await say([stream], 1);
  await say([stream], 2);
  server.app.bus.publish = publish;
  await Promise.all([say([stream], 3), say([stream], 4)]);
  await cable.until(({ message }) => message?.data?.n === 4);
  expect(cable.numbers()).toEqual([1, 2, 3, 4]);
  expect(cable.frames.flatMap(({ offset }) => offset ?? [])).toEqual([1, 2, 3, 4]);
});

test('cuts a reader that does not keep up', async () => {
  const ann = await insertSessionRow(server.app, inbox);
  const cable = await subscribed(contactIdentifier(ann.pubsub_token));
  const before = server.cable.connections();
  cable.ws.pause();
  const text = 'x'.repeat(200_000);
  await server.app.db.write(async (tx) => {
    for (let n = 0; n < 60; n++)
      logEvent(tx, 'message.created', [{ streams: [streamOf.session(ann.id)], data: { n, text } }]);
  });
  await eventually(() => server.cable.connections() < before);
  cable.ws.resume();
  await cable.closed;
  const numbers = cable.numbers();
  expect(numbers.length).toBeLessThan(60);
  expect(numbers).toEqual(numbers.map((_, index) => index));
});

test('closes a socket that sends a frame over 64 KiB', async () => {
  const cable = open();
  await cable.until((frame) => frame.type === 'welcome');
  cable.ws.send('x'.repeat(70_000));
  expect(await cable.closed).toBe(1009);
});

test('takes 500 subscriptions on a connection and rejects more, and an identifier of more than 4096 characters', async () => {
  const cable = open();
  await cable.until((frame) => frame.type === 'welcome');
  const subscribe = (more: object) =>
    cable.send({ command: 'subscribe', identifier: contactIdentifier(session.pubsub_token, more) });
  subscribe({ long: 'x'.repeat(4096) });
  for (let n = 0; n < 501; n++) subscribe({ n });
  await eventually(() => cable.frames.filter(({ type }) => type?.endsWith('_subscription')).length === 502);
  const rejected = cable.frames.filter(({ type }) => type === 'reject_subscription');
  expect(rejected.map(({ identifier }) => identifier?.slice(-10))).toEqual([
    'xxxxxxxx"}',
    contactIdentifier(session.pubsub_token, { n: 500 }).slice(-10),
  ]);
});

test('answers a hasty client all the same, once it has taken a breath', async () => {
  const cable = open();
  await cable.until((frame) => frame.type === 'welcome');
  for (let n = 0; n < 2100; n++) cable.send({ command: 'ping' });
  const pongs = () => cable.frames.filter(({ type }) => type === 'pong').length;
  await eventually(() => pongs() >= 2000);
  expect(cable.pings).toEqual([]);
  await eventually(() => pongs() === 2100);
  expect(cable.ws.readyState).toBe(cable.ws.OPEN);
});
