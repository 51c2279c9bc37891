/** Bad requests get an error in the contract's shape, never a 500; a limit says when to retry. */
import { clientApi, StatusError, TextError, ValidationError } from '@hoory/contract';
import fc from 'fast-check';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../../../contract/test/strict.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { engines } from '../server.ts';

const AnyError = Type.Union([StatusError, TextError, ValidationError]);

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    '\0',
    'a\0b',
    '\ud800',
    '__proto__',
    'constructor',
    ' ',
    'x'.repeat(300),
    1e308,
    -1,
    2 ** 53,
    1e19,
    1.5,
    true,
    null,
    [],
    [[[]]],
    {},
    { toString: 1, valueOf: 2 },
    { csat_survey_response: { rating: 1e99, feedback_message: { a: 1 } } },
    "'; drop table contacts; --",
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as unknown),
);

const fields = [
  'source_id',
  'identifier',
  'identifier_hash',
  'email',
  'name',
  'phone_number',
  'avatar_url',
  'custom_attributes',
  'content',
  'echo_id',
  'attachments',
  'submitted_values',
  'typing_status',
  'before',
  'message',
  '__proto__',
] as const;

/** Written by hand, as `JSON.stringify` keeps `__proto__` only when it is a key of its own. */
const bodies = fc
  .array(fc.tuple(fc.constantFrom(...fields), odd), { maxLength: 4 })
  .map(
    (pairs) =>
      `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
  );

const raw = fc.oneof(
  bodies,
  fc.constantFrom(
    '{"a":'.repeat(5000),
    '['.repeat(10_000),
    `{"custom_attributes":${'{"a":'.repeat(500)}1${'}'.repeat(501)}`,
    'null',
    '\0',
    '\ufeff{}',
    '{"content":"\\ud800"}',
    '{"content":"\\u0000"}',
  ),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

const types = fc.constantFrom(
  'application/json',
  'application/json; charset=latin9',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'not a type',
);

const segments = fc.oneof(
  fc.constantFrom(
    '%00',
    '%',
    '%zz',
    '%ff',
    '..',
    '.',
    '%2e%2e',
    '%2f',
    'x'.repeat(5000),
    '0',
    '-1',
    '1e9',
    '99999999999999999999',
    '__proto__',
    '%F0%9F%98%80',
    '%ED%A0%80',
  ),
  fc.string({ maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

const operations = Object.entries(clientApi).filter(([name]) => name !== 'listEvents');

describe.each(engines)('bad input on %s', (engine) => {
  let server: ClientApiServer;
  let known: Record<string, string>;

  beforeAll(async () => {
    server = await startClientApiServer({ engine });
    const { session, place, conversation } = await server.createConversation();
    const { body } = await server.postMessage(place, { content: 'x' });
    known = {
      inbox_identifier: server.inbox.identifier,
      contact_identifier: session.source_id,
      conversation_id: `${conversation.id}`,
      message_id: `${body.id}`,
      conversation_uuid: conversation.uuid,
    };
  });
  afterAll(() => server.stop());

  const expectShaped = async (answer: Response, what: unknown) => {
    const text = await answer.text();
    expect([what, answer.status < 500, text.slice(0, 300)]).toEqual([what, true, text.slice(0, 300)]);
    if (answer.ok || answer.status === 304) return;
    expect([what, faultsOf(AnyError, JSON.parse(text))]).toEqual([what, []]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  };

  it.each(operations)('is answered in shape: %s', { timeout: 60_000 }, async (_name, { method, path }) => {
    const place = fc.record(
      Object.fromEntries(
        Object.entries(known).map(([name, id]) => [
          name,
          fc.oneof({ weight: 12, arbitrary: fc.constant(id) }, { weight: 1, arbitrary: segments }),
        ]),
      ) as Record<string, fc.Arbitrary<string>>,
    );
    const query = fc.array(fc.tuple(fc.constantFrom(...fields), segments), { maxLength: 3 });
    const request = fc.record({ place, query, body: raw, type: types });
    await fc.assert(
      fc.asyncProperty(request, async ({ place, query, body, type }) => {
        const search = query.map(([name, value]) => `${name}=${value}`).join('&');
        const url = `${server.url}${path.replaceAll(/\{(\w+)\}/g, (_, name) => place[name] as string)}?${search}`;
        const answer = await fetch(url, {
          method,
          headers: { 'content-type': type },
          ...(method !== 'GET' && { body }),
        });
        await expectShaped(answer, { method, url: url.slice(0, 400), type, body: body.slice(0, 400) });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses text that no database keeps', async () => {
    const { place } = await server.createConversation();
    for (const content of ['a\0b', 'a\ud800c'])
      expect(await server.postMessage(place, { content })).toMatchObject({
        status: 422,
        body: { attributes: ['content'] },
      });
    const custom_attributes = JSON.parse('{"k\\u0000":"v"}');
    expect(await server.call('createContact', {}, { body: { custom_attributes } })).toMatchObject({
      status: 422,
      body: { attributes: ['custom_attributes'] },
    });
  });

  it('refuses the key __proto__, and keeps every other word that objects inherit', async () => {
    for (const text of ['{"__proto__":{"x":1},"k":"v"}', '{"a":{"__proto__":1}}'])
      expect(
        await server.call('createContact', {}, { body: { custom_attributes: JSON.parse(text) } }),
      ).toMatchObject({ status: 422, body: { attributes: ['custom_attributes'] } });
    const custom_attributes = { constructor: 'c', toString: 't', hasOwnProperty: { valueOf: 1 } };
    const session = await server.createContact({ custom_attributes });
    const row = (await server.contacts()).find(({ id }) => id === session.id);
    expect(JSON.parse(row?.custom_attributes as string)).toEqual(custom_attributes);
  });
});

describe('limits', () => {
  let server: ClientApiServer;
  let now = 1_700_000_000_000;

  beforeAll(async () => {
    server = await startClientApiServer({ settings: { HOORY_RATE_LIMITS: 'on' }, now: () => now });
  });
  afterAll(() => server.stop());

  it('refuses the 201st message of a minute in one conversation, and takes the next minute’s', async () => {
    const { place } = await server.createConversation();
    const answers = await Promise.all(
      Array.from({ length: 205 }, (_, i) => server.postMessage(place, { content: `${i}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(200);
    for (const { body } of answers.filter(({ status }) => status !== 200))
      expect(body).toEqual({ message: 'Too many messages', attributes: ['base'] });
    now += 60_000;
    expect((await server.postMessage(place, { content: 'later' })).status).toBe(200);
    now += 60_000;
  });

  it('does not count a repeat as another message', async () => {
    const { place } = await server.createConversation();
    for (let i = 0; i < 210; i++)
      expect((await server.postMessage(place, { content: 'x', echo_id: 'e' })).status).toBe(200);
    expect((await server.postMessage(place, { content: 'y' })).status).toBe(200);
    now += 60_000;
  });

  it('answers 429 with the seconds to wait, and serves other sessions meanwhile', async () => {
    const busy = await server.createContact();
    const calm = await server.createContact();
    const answers = await Promise.all(
      Array.from({ length: 601 }, () => server.call('getContact', busy.place)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.body).toEqual({ status: 429, error: 'Too Many Requests' });
    const wait = Number(refused[0]?.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await server.call('getContact', calm.place)).status).toBe(200);
    now += wait * 1000;
    expect((await server.call('getContact', busy.place)).status).toBe(200);
  });
});
