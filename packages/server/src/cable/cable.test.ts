/** `/cable` as a raw client sees it: the base protocol, policies, limits and slow readers (cable.md A, B.2). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertAccountRow, insertInboxRow, insertSessionRow } from '../../test/fixtures/rows.ts';
import { logEvent } from '../../test/log-event.ts';
import { base, contactIdentifier, eventually, ext, openRaw, type RawCable } from '../../test/raw-cable.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import type { ContactInboxRow, InboxRow } from '../db/tables.ts';
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
