/** A body is read wholly or refused: formats, charsets, encodings and numbers (client-api.md section 1). */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ContactSession, Message } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { engines } from '../server.ts';

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

describe.each(engines)('a body on %s', (engine) => {
  let server: ClientApiServer;
  let messages: string;

  beforeAll(async () => {
    server = await startClientApiServer({ engine, settings: { HOORY_MAX_FILE: '1MB' } });
    const { place } = await server.createConversation();
    messages = `${server.baseUrl}/contacts/${place.contact_identifier}/conversations/${place.conversation_id}/messages`;
  });
  afterAll(() => server.stop());

  type Headers = Record<string, string>;
  type Bytes = string | Uint8Array<ArrayBuffer> | FormData;

  const send = async (body: Bytes, headers: string | Headers = {}, url = messages) => {
    // A `Uint8Array` has no type of its own: fetch adds none.
    const bytes = typeof body === 'string' ? new Uint8Array(Buffer.from(body)) : body;
    const answer = await fetch(url, {
      method: 'POST',
      body: bytes,
      headers: typeof headers === 'string' ? { 'content-type': headers } : headers,
    });
    return {
      status: answer.status,
      body: (await answer.json()) as Message & { error?: string; attributes?: string[] },
    };
  };
  const contentOf = async (body: Bytes, headers: string | Headers = {}) => {
    const answer = await send(body, headers);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.content;
  };
  const bytesOf = (...values: number[]) => new Uint8Array(values);
  const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

  describe('of JSON', () => {
    const text = '{"content":"a = b & c + d % 41 {}"}';

    it.each([
      ['', {}],
      ['text/plain', 'text/plain'],
      ['text/plain with a charset', 'text/plain;charset=UTF-8'],
      ['a form', form],
      ['application/vnd.api+json', 'application/vnd.api+json'],
      ['application/problem+json', 'application/problem+json; charset=utf-8'],
      ['text/json', 'text/json'],
    ] as [string, string | Headers][])('is read as JSON when its type is %s', async (_name, headers) => {
      expect(await contentOf(text, headers)).toBe('a = b & c + d % 41 {}');
      expect(await contentOf(`\ufeff${text}`, headers)).toBe('a = b & c + d % 41 {}');
      expect((await send('', headers)).status).toBe(200);
      expect((await send('null', headers)).status).toBe(200);
    });

    it.each([
      ['percent-encoded', encodeURIComponent(text)],
      ['the only key of a form', `${new URLSearchParams([[text, '']])}`],
      ['encoded as a key', `${encodeURIComponent(text).replaceAll('%20', '+')}=`],
    ])('is read as JSON %s', async (_name, body) => {
      expect(await contentOf(body, form)).toBe('a = b & c + d % 41 {}');
    });

    it('is 400 when it is broken, whatever its type', async () => {
      for (const type of [json, form, 'text/plain', 'application/vnd.api+json'])
        expect((await send('{"content":"hi"', type)).status).toBe(400);
      expect((await send('[1]', json)).status).toBe(400);
    });

    it('may wrap the message, as a form may', async () => {
      expect(await contentOf('{"message":{"content":"wrapped"}}', json)).toBe('wrapped');
      expect(await contentOf('message[content]=wrapped', form)).toBe('wrapped');
    });
  });

  it.each([
    ['application/xml', '<content>hi</content>', 'application/xml'],
    ['image/png', 'png', 'image/png'],
    ['multipart/mixed', '--b--', 'multipart/mixed; boundary=b'],
    ['text/plain', 'just text', 'text/plain'],
    ['Content-Type', 'just text', {}],
    ['not a media type', '{}', 'json'],
  ] as [string, string, string | Headers][])(
    'of another type is 415 naming %s',
    async (name, body, headers) => {
      expect(await send(body, headers)).toEqual({
        status: 415,
        body: { error: expect.stringContaining(name) },
      });
    },
  );

  it('of another type is refused however long it is', async () => {
    const { status } = await send(new Uint8Array(5_000_000), 'video/mp4');
    expect(status).toBe(415);
  });

  it('without any known field is 422 naming what was sent', async () => {
    expect(await send('{"text":"hi"}', json)).toMatchObject({ status: 422, body: { attributes: ['text'] } });
    expect(await send('text=hi', form)).toMatchObject({ status: 422, body: { attributes: ['text'] } });
    expect(await send('message=hi', form)).toMatchObject({ status: 422, body: {} });
    expect((await send('{"text":"hi","content":"read"}', json)).status).toBe(200);
    expect((await send('{"text":null}', json)).status).toBe(200);
  });

  describe('of a form', () => {
    it.each([
      ['brackets and equals signs in a value', 'content=see [link]=there', 'see [link]=there'],
      ['a lone percent sign', 'content=100% & more', '100% '],
      ['plus and percent', 'content=a+b%2Bc', 'a b+c'],
      ['a byte order mark', '\ufeffcontent=a', 'a'],
    ])('keeps %s', async (_name, body, wanted) => {
      expect(await contentOf(body, form)).toBe(wanted);
    });

    it('is 422 with the key __proto__, also in a query', async () => {
      const key = 'custom_attributes[__proto__]';
      const refused = { status: 422, body: { attributes: ['custom_attributes'] } };
      expect(await send(`content=x&${key}[a]=1`, form)).toMatchObject(refused);
      const parts = new FormData();
      parts.append(key, '1');
      expect(await send(parts)).toMatchObject(refused);
      const url = `${messages}?custom_attributes[a][__proto__]=1`;
      expect(await send('content=x', form, url)).toMatchObject(refused);
    });

    it('is 400 with more fields, or deeper ones, than are read', async () => {
      const many = Array.from({ length: 2001 }, (_, i) => `custom_attributes[k${i}]=1`).join('&');
      expect((await send(`content=x&${many}`, form)).status).toBe(400);
      expect((await send(`content=x&a${'[b]'.repeat(8)}=1`, form)).status).toBe(400);
    });
  });

  describe('in a charset', () => {
    it.each([
      ['iso-8859-1', latin1('{"content":"caf\u00e9"}'), 'café'],
      ['windows-1252', latin1('{"content":"\u0080 5"}'), '€ 5'],
      ['"utf-16le"', new Uint8Array(Buffer.from('\ufeff{"content":"né 😀"}', 'utf16le')), 'né 😀'],
      ['utf-16', new Uint8Array(Buffer.from('\ufeff{"content":"né 😀"}', 'utf16le').swap16()), 'né 😀'],
      ['shift_jis', latin1('{"content":"\u0082\u00a0"}'), 'あ'],
      ['UTF-8', new Uint8Array(Buffer.from('{"content":"né"}')), 'né'],
    ] as [string, Uint8Array<ArrayBuffer>, string][])(
      '%s is decoded from JSON',
      async (charset, body, wanted) => {
        expect(await contentOf(body, `${json}; charset=${charset}`)).toBe(wanted);
      },
    );

    it('is decoded from forms, raw and percent-encoded, also named by `_charset_`', async () => {
      expect(await contentOf(latin1('content=caf\u00e9'), `${form}; charset=iso-8859-1`)).toBe('café');
      expect(await contentOf('content=caf%E9', `${form}; charset=iso-8859-1`)).toBe('café');
      expect(await contentOf('content=caf%E9&_charset_=iso-8859-1', form)).toBe('café');
    });

    it('is decoded from parts of multipart', async () => {
      const part = (headers: string) =>
        latin1(`--b\r\ncontent-disposition: form-data; name="content"\r\n${headers}\r\ncaf\u00e9\r\n--b--`);
      const type = 'multipart/form-data; boundary=b';
      expect(await contentOf(part('content-type: text/plain; charset=iso-8859-1\r\n'), type)).toBe('café');
      expect(await contentOf(part(''), `${type}; charset=iso-8859-1`)).toBe('café');
      expect((await send(part(''), type)).status).toBe(400);
      const declared = latin1(
        '--b\r\ncontent-disposition: form-data; name="_charset_"\r\n\r\niso-8859-1\r\n',
      );
      expect(await contentOf(Buffer.concat([declared, part('')]) as Uint8Array<ArrayBuffer>, type)).toBe(
        'café',
      );
    });

    it('that nobody knows is 415, and bytes of another one are 400', async () => {
      expect(await send('{}', `${json}; charset=klingon`)).toMatchObject({
        status: 415,
        body: { error: expect.stringContaining('klingon') },
      });
      const wrong = latin1('{"content":"caf\u00e9"}');
      for (const type of [json, form, 'text/plain', `${json}; charset=utf-8`])
        expect((await send(wrong, type)).status).toBe(400);
      expect((await send('content=%ff', form)).status).toBe(400);
      expect((await send('', {}, `${messages}?content=%ff`)).status).toBe(400);
      expect((await send('', {}, `${server.baseUrl}/contacts/%ff/conversations`)).status).toBe(400);
      expect((await send(bytesOf(0x82), `${json}; charset=shift_jis`)).status).toBe(400);
    });
  });

  describe('that is encoded', () => {
    const text = JSON.stringify({ content: 'packed '.repeat(100) });
    const type = { 'content-type': json };

    it.each([
      ['gzip', gzipSync(text)],
      ['x-gzip', gzipSync(text)],
      ['deflate', deflateSync(text)],
      ['br', brotliCompressSync(text)],
      ['identity', Buffer.from(text)],
    ])('with %s is decoded', async (coding, bytes) => {
      expect(await contentOf(new Uint8Array(bytes), { ...type, 'content-encoding': coding })).toHaveLength(
        700,
      );
    });

    it('is decoded with files', async () => {
      const body = `--b\r\ncontent-disposition: form-data; name="attachments[]"; filename="a.txt"\r\n\r\nfile\r\n--b--`;
      const { body: message } = await send(new Uint8Array(gzipSync(body)), {
        'content-type': 'multipart/form-data; boundary=b',
        'content-encoding': 'gzip',
      });
      expect(message.attachments).toHaveLength(1);
    });

    it('counts by what comes out', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
      expect((await send(new Uint8Array(bomb), { ...type, 'content-encoding': 'gzip' })).status).toBe(413);
      const file = Buffer.concat([
        Buffer.from('--b\r\ncontent-disposition: form-data; name="attachments[]"; filename="a.txt"\r\n\r\n'),
        Buffer.alloc(50_000_000),
      ]);
      const headers = { 'content-type': 'multipart/form-data; boundary=b', 'content-encoding': 'gzip' };
      expect((await send(new Uint8Array(gzipSync(file)), headers)).status).toBe(413);
    });

    it('may break behind what was refused already', async () => {
      const noise = Buffer.from(Array.from({ length: 4_000_000 }, (_, i) => (i * i) % 251));
      const broken = new Uint8Array(gzipSync(noise, { level: 0 }).fill(7, 3_000_000));
      const answers = await Promise.all(
        [json, 'video/mp4', 'multipart/form-data; boundary=b'].map((content) =>
          send(broken, { 'content-type': content, 'content-encoding': 'gzip' }).catch(() => undefined),
        ),
      );
      for (const answer of answers) if (answer) expect([400, 413, 415]).toContain(answer.status);
      expect((await send('content=after', form)).status).toBe(200);
    });

    it('in another way is 415, and broken 400', async () => {
      expect(await send(text, { ...type, 'content-encoding': 'compress' })).toEqual({
        status: 415,
        body: { error: expect.stringContaining('compress') },
      });
      const half = gzipSync(text).subarray(0, 30);
      for (const bytes of [half, Buffer.from('no gzip')])
        for (const content of [json, 'multipart/form-data; boundary=b', 'text/plain']) {
          const headers = { 'content-type': content, 'content-encoding': 'gzip' };
          expect((await send(new Uint8Array(bytes), headers)).status).toBe(400);
        }
    });
  });

  describe('of multipart', () => {
    const part = (headers: string, body: string) =>
      `--b\r\ncontent-disposition: form-data; ${headers}\r\n\r\n${body}\r\n`;
    const type = 'multipart/form-data; boundary=b';
    const typed = (name: string, rest: string) => `name="${name}"${rest}\r\ncontent-type: application/json`;

    it('reads a part that is typed JSON as the value of its field', async () => {
      const url = `${server.baseUrl}/contacts`;
      const attributes = '{"plan":{"seats":3}}';
      for (const rest of ['', '; filename="blob"']) {
        const { body } = await send(`${part(typed('custom_attributes', rest), attributes)}--b--`, type, url);
        const row = (await server.contacts()).find(({ id }) => id === body.id);
        expect(row?.custom_attributes).toBe(attributes);
      }
      const wrapped = `${part(typed('message', ''), '{"content":"hi"}')}--b--`;
      expect(await contentOf(wrapped, type)).toBe('hi');
      expect((await send(`${part(typed('content', ''), 'no json')}--b--`, type)).status).toBe(400);
      expect(await send(`${part(typed('payload', ''), '{}')}--b--`, type)).toMatchObject({
        status: 422,
        body: { attributes: ['payload'] },
      });
    });

    it('keeps a file that is JSON as a file', async () => {
      const { body } = await send(`${part(typed('attachments[]', '; filename="a.json"'), '{}')}--b--`, type);
      expect(body.attachments).toHaveLength(1);
    });

    it.each([
      ['a part without a name', part('filename="a"', 'x')],
      ['a part without headers', '--b\r\n\r\nx\r\n'],
      ['a part with a broken header', '--b\r\nno header\r\n\r\nx\r\n'],
      [
        'a file name that is not UTF-8',
        latin1(`${part('name="attachments[]"; filename="caf\u00e9"', 'x')}--b--`),
      ],
    ] as [string, string | Uint8Array<ArrayBuffer>][])('is 400 with %s', async (_name, body) => {
      expect((await send(typeof body === 'string' ? `${body}--b--` : body, type)).status).toBe(400);
    });

    it('is 415 with a part in base64', async () => {
      const body = `${part('name="content"\r\ncontent-transfer-encoding: base64', 'aGk=')}--b--`;
      expect(await send(body, type)).toMatchObject({
        status: 415,
        body: { error: expect.stringContaining('base64') },
      });
    });

    it('is 413 with more text than a body may hold', async () => {
      const body = `${part('name="a"', 'x'.repeat(1_500_000)).repeat(2)}--b--`;
      expect((await send(body, type)).status).toBe(413);
    });

    it('leaves the connection usable', async () => {
      for (let i = 0; i < 5; i++) {
        const data = new FormData();
        data.append('document', new Blob(['x'.repeat(200_000)]), 'a.txt');
        expect((await send(data)).status).toBe(422);
        expect((await send('content=after', form)).status).toBe(200);
      }
    });
  });

  describe('with long numbers', () => {
    const contacts = () => `${server.baseUrl}/contacts`;

    it('refuses a number in place of text, which has all its digits in a form', async () => {
      const long = '123456789012345678901234567890';
      for (const [body, field] of [
        [`{"source_id":${long}}`, 'source_id'],
        ['{"identifier":9007199254740993}', 'identifier'],
        ['{"name":5}', 'name'],
      ] as const)
        expect(await send(body, json, contacts())).toMatchObject({
          status: 422,
          body: { attributes: [field] },
        });
      const { body } = await send(`name=1.10&source_id=${long}`, form, contacts());
      expect(body).toMatchObject({ name: '1.10', source_id: long });
    });

    it.each([
      ['{"content":"x","echo_id":12345678901234567890}', 'echo_id'],
      ['{"content":"x","echo_id":1e400}', 'echo_id'],
    ])('refuses %s', async (body, field) => {
      expect(await send(body, json)).toMatchObject({ status: 422, body: { attributes: [field] } });
    });

    it.each(['{"a":[9007199254740993]}', '{"a":{"b":0.1234567890123456789}}', '{"a":1e-400}'])(
      'refuses attributes %s, also in a form',
      async (attributes) => {
        const refused = { status: 422, body: { attributes: ['custom_attributes'] } };
        expect(await send(`{"custom_attributes":${attributes}}`, json, contacts())).toMatchObject(refused);
        const body = `custom_attributes=${encodeURIComponent(attributes)}`;
        expect(await send(body, form, contacts())).toMatchObject(refused);
      },
    );

    it('keeps every other number', async () => {
      const { body } = await send(
        '{"custom_attributes":{"a":[1.50,9007199254740991,-1e3,0.1,1e22]}}',
        json,
        contacts(),
      );
      const row = (await server.contacts()).find(({ id }) => id === (body as unknown as ContactSession).id);
      expect(row?.custom_attributes).toBe('{"a":[1.5,9007199254740991,-1000,0.1,1e+22]}');
    });

    it('never takes one id for another', async () => {
      const near = messages.replace(/conversations\/(\d+)/, 'conversations/$1.00000000000000000000001');
      expect((await send('content=x', form, near)).status).toBe(404);
      const far = messages.replace(/conversations\/\d+/, 'conversations/9007199254740993');
      expect((await send('content=x', form, far)).status).toBe(404);
    });
  });

  it('of a GET is read like its query', async () => {
    const { port, pathname } = new URL(messages);
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/xml', 'content-length': 4 };
      request({ port, path: pathname, headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end('<a/>');
    });
    expect(status).toBe(415);
  });
});
