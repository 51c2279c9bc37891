/** Any text, in any format of body and any charset that can spell it, comes back as it was sent: in the answer and in the event. */
import { clientApi } from '@hoory/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { readEvents } from '../fixtures/recorded-events.ts';
import { engines } from '../server.ts';

/** All planes, combining marks, both directions, joined emoji, and what forms and JSON take for syntax. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.constantFrom(
        '👨‍👩‍👧‍👦',
        'e\u0301',
        'שלום',
        '\u202e',
        '\ufeff',
        '𐍈',
        '&',
        '=',
        '+',
        '%41',
        '%',
        '[a]=',
        '"',
        '\\',
        '\r\n',
        '{"a":1}',
        '--b',
        '1e400',
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => pieces.join('').toWellFormed().replaceAll('\0', ''))
  .filter((all) => all.trim() !== '');
/** Text that every charset below can spell. */
const latin = fc
  .string({
    unit: fc.integer({ min: 0xa1, max: 0xff }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  })
  .map((some) => `A${some}`);

type Body = [type: string | undefined, bytes: Uint8Array<ArrayBuffer> | FormData];

const utf8 = (value: string) => new Uint8Array(Buffer.from(value));
const json = (content: string) => JSON.stringify({ content });
const escaped = (content: string) =>
  json(content).replaceAll(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
const part = (content: string, type = '') =>
  `--zzq\r\ncontent-disposition: form-data; name="content"\r\n${type}\r\n${content}\r\n--zzq--\r\n`;
const formData = (content: string) => {
  const data = new FormData();
  data.set('content', content);
  return data;
};

const formats: [name: string, body: (content: string) => Body][] = [
  ['JSON', (content) => ['application/json', utf8(json(content))]],
  ['escaped JSON', (content) => ['application/json', utf8(escaped(content))]],
  ['JSON as text', (content) => ['text/plain', utf8(json(content))]],
  ['JSON without a type', (content) => [undefined, utf8(json(content))]],
  ['JSON as a form', (content) => ['application/x-www-form-urlencoded', utf8(json(content))]],
  [
    'JSON in UTF-16',
    (content) => [
      'application/json; charset=utf-16le',
      new Uint8Array(Buffer.from(json(content), 'utf16le')),
    ],
  ],
  ['a form', (content) => ['application/x-www-form-urlencoded', utf8(`${new URLSearchParams({ content })}`)]],
  ['a raw part', (content) => ['multipart/form-data; boundary=zzq', utf8(part(content))]],
  [
    'a part of JSON',
    (content) => [
      'multipart/form-data; boundary=zzq',
      utf8(part(JSON.stringify(content), 'content-type: application/json\r\n')),
    ],
  ],
];
const inLatin1 = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'));
const charsets: typeof formats = [
  ['JSON in latin1', (content) => ['application/json; charset=iso-8859-1', inLatin1(json(content))]],
  [
    'a form in windows-1252',
    (content) => [
      'application/x-www-form-urlencoded; charset=windows-1252',
      inLatin1(`content=${content.replaceAll('&', '')}`),
    ],
  ],
  [
    'a part in latin1',
    (content) => [
      'multipart/form-data; boundary=zzq',
      inLatin1(part(content, 'content-type: text/plain; charset=latin1\r\n')),
    ],
  ],
];

const known = new Set(Object.keys(clientApi.postMessage.body.properties));
const append = (data: FormData, [name, value]: [string, string]) => {
  data.append(name, value);
  return data;
};
const types = [
  undefined,
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=shift_jis',
  'multipart/form-data; boundary=zzq',
  'multipart/form-data',
  'text/plain',
  'application/x+json',
  'image/png',
];

describe.each(engines)('text on %s', (engine) => {
  let server: ClientApiServer;
  let address: string;
  let stream: string;

  beforeAll(async () => {
    server = await startClientApiServer({ engine });
    const { place } = await server.createConversation();
    address = `${server.baseUrl}/contacts/${place.contact_identifier}/conversations/${place.conversation_id}/messages`;
    stream = `inbox:${server.inbox.id}`;
  });
  afterAll(() => server.stop());

  const send = async ([type, body]: Body) => {
    const headers = type === undefined ? undefined : { 'content-type': type };
    const answer = await fetch(address, { method: 'POST', body, ...(headers && { headers }) });
    return { status: answer.status, body: (await answer.json()) as { id: number; content: string } };
  };

  const comesBack = (content: fc.Arbitrary<string>, format: (content: string) => Body) =>
    fc.assert(
      fc.asyncProperty(content, async (given) => {
        expect(await send(format(given))).toMatchObject({ status: 200, body: { content: given } });
        const told = (await readEvents(server.app, stream)).filter(
          ({ event }) => event === 'message.created',
        );
        expect(told.at(-1)?.data.content).toBe(given);
      }),
      { numRuns: 25 },
    );

  it.each(formats)('in %s comes back as it was sent', (_name, format) => comesBack(text, format));

  it.each(charsets)('in %s comes back as it was sent', (_name, format) => comesBack(latin, format));

  it('in FormData comes back with its line breaks as browsers send them', () =>
    comesBack(
      text.map((given) => given.replaceAll(/\r\n|\r|\n/g, '\r\n')),
      (content) => [undefined, formData(content)],
    ));

  it('of unknown fields is refused in every format', async () => {
    const names = fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => !known.has(name));
    const fields = fc.dictionary(names, text, { minKeys: 1, maxKeys: 3 });
    const kinds: ((given: Record<string, string>) => Body)[] = [
      (given) => ['application/json', utf8(JSON.stringify(given))],
      (given) => ['text/plain', utf8(JSON.stringify({ message: given }))],
      (given) => ['application/x-www-form-urlencoded', utf8(`${new URLSearchParams(given)}`)],
      (given) => [undefined, Object.entries(given).reduce(append, new FormData())],
      (given) => ['application/xml', utf8(JSON.stringify(given))],
    ];
    await fc.assert(
      fc.asyncProperty(fields, fc.constantFrom(...kinds), async (given, format) => {
        const { status } = await send(format({ ...given }));
        expect([400, 415, 422]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });

  it('that is noise is never answered with 500', async () => {
    const noise = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => new Uint8Array(bytes)),
      fc.json({ maxDepth: 3 }).map(utf8),
      fc.webQueryParameters().map(utf8),
      text.map((content) => utf8(part(content))),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), noise, async (type, bytes) => {
        expect([200, 400, 413, 415, 422]).toContain((await send([type, bytes])).status);
      }),
      { numRuns: 150 },
    );
  });
});
