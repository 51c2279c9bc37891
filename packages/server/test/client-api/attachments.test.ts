/** Files over HTTP: what is sent comes back safely, and a refused or broken post leaves nothing (client-api.md 2.7 and 5.12). */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Attachment, Message } from '@hoory/contract';
import { Message as MessageSchema } from '@hoory/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../../../contract/test/strict.ts';
import { newUuid } from '../../src/secrets.ts';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { eventually } from '../raw-cable.ts';
import { engines } from '../server.ts';

type File = [field: string, content: string | Uint8Array<ArrayBuffer>, name: string, type?: string];

describe.each(engines)('attachments on %s', (engine) => {
  let server: ClientApiServer;
  let place: Record<string, string | number>;
  const address = () =>
    `${server.baseUrl}/contacts/${place.contact_identifier}/conversations/${place.conversation_id}/messages`;
  const send = async (files: File[], fields: Record<string, string> = {}, headers = {}) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    for (const [field, content, name, type = 'text/plain'] of files)
      data.append(field, new Blob([content], { type }), name);
    const answer = await fetch(address(), { method: 'POST', body: data, headers });
    return { status: answer.status, body: (await answer.json()) as Message };
  };
  const sent = async (...files: File[]): Promise<Attachment[]> => {
    const { status, body } = await send(files);
    expect([status, faultsOf(MessageSchema, body)]).toEqual([200, []]);
    return body.attachments as Attachment[];
  };
  const filesOnDisk = () =>
    readdirSync(join(server.config.data, 'files'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  const rows = async () => [
    await server.app.db.all(server.app.db.q.selectFrom('messages').select('id')),
    await server.app.db.all(server.app.db.q.selectFrom('attachments').select('id')),
  ];
  const urlOf = (attachment: Attachment | undefined) => (attachment as { data_url: string }).data_url;

  beforeAll(async () => {
    server = await startClientApiServer({ engine, settings: { HOORY_MAX_FILE: '1MB' } });
    ({ place } = await server.createConversation());
    await sent(['attachments[]', 'first', 'first.txt']);
  });
  afterAll(() => server.stop());

  it('keeps a picture with its size and a thumbnail', async () => {
    const png = await sharp({ create: { width: 600, height: 300, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const [picture] = await sent(['attachments[]', new Uint8Array(png), 'red.png', 'image/png']);
    expect(picture).toMatchObject({
      file_type: 'image',
      extension: 'png',
      content_type: 'image/png',
      width: 600,
      height: 300,
      file_size: png.length,
    });
    const whole = await fetch(urlOf(picture));
    expect(whole.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await whole.arrayBuffer()).equals(png)).toBe(true);
    const thumb = await fetch((picture as { thumb_url: string }).thumb_url);
    expect(await sharp(Buffer.from(await thumb.arrayBuffer())).metadata()).toMatchObject({
      width: 250,
      height: 125,
    });
  });

  it('believes the bytes, not the name or the declared type', async () => {
    const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const [asText] = await sent(['attachments[]', new Uint8Array(png), 'a.txt', 'text/plain']);
    expect(asText).toMatchObject({ file_type: 'image', content_type: 'image/png' });
    const [asPicture] = await sent(['attachments[]', '<script>1</script>', 'a.png', 'image/png']);
    expect(asPicture).toMatchObject({ file_type: 'file', thumb_url: '', width: null });
  });

  it.each([
    ['page.html', '<html><script>alert(1)</script>', 'text/html'],
    ['image.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
    ['script.js', 'alert(1)', 'text/javascript'],
  ])('serves %s as a download that runs nothing', async (name, content, type) => {
    const [file] = await sent(['attachments[]', content, name, type]);
    const answer = await fetch(urlOf(file));
    expect(await answer.text()).toBe(content);
    expect(answer.headers.get('content-type')).not.toMatch(/html|svg|javascript|xml/);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toMatch(/sandbox/);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['naïve ünï (1).txt', 'naïve ünï (1).txt'],
    ['quote".txt', 'quote".txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['a\u200f\u2066b\u0007\u2028c.txt', 'abc.txt'],
    ['..\\..\\win.ini', 'win.ini'],
    [`${'n'.repeat(194)}👨‍👩‍👧‍👦.txt`, `${'n'.repeat(194)}.txt`],
    ['e\u0301.txt', 'e\u0301.txt'],
  ])('names a file %s by its last segment', async (given, wanted) => {
    const [file] = await sent(['attachments[]', 'x', given]);
    const answer = await fetch(urlOf(file));
    expect(answer.status).toBe(200);
    if (wanted) expect(decodeURIComponent(new URL(urlOf(file)).pathname).endsWith(`/${wanted}`)).toBe(true);
  });

  it('takes `attachments`, `attachments[]` and numbered parts, with text', async () => {
    const files: File[] = [
      ['attachments', 'a', 'a.txt'],
      ['attachments[]', 'b', 'b.txt'],
      ['attachments[2]', 'c', 'c.txt'],
    ];
    const { body } = await send(files, { content: 'three' });
    expect(body.content).toBe('three');
    const texts = await Promise.all(
      (body.attachments ?? []).map(async (one) => (await fetch(urlOf(one))).text()),
    );
    expect(texts).toEqual(['a', 'b', 'c']);
    expect((await send([['attachments', 'alone', 'a.txt']])).body.attachments).toHaveLength(1);
  });

  it('serves ranges', async () => {
    const [file] = await sent(['attachments[]', '0123456789', 'digits.txt']);
    const read = async (range: string) => {
      const answer = await fetch(urlOf(file), { headers: { range } });
      return [answer.status, answer.headers.get('content-range'), await answer.text()];
    };
    expect(await read('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await read('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await read('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await read('bytes=5-99')).toEqual([206, 'bytes 5-9/10', '56789']);
    expect(await read('bytes=10-')).toEqual([416, 'bytes */10', '']);
    expect(await read('bytes=-0')).toEqual([416, 'bytes */10', '']);
    expect(await read('lines=1-2')).toEqual([200, null, '0123456789']);
    const head = await fetch(urlOf(file), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
  });

  it('may be read from any page, and only by its signed address', async () => {
    const [file] = await sent(['attachments[]', 'x', 'x.txt']);
    const open = await fetch(urlOf(file), { headers: { origin: 'https://shop.example' } });
    expect(open.headers.get('access-control-allow-origin')).toBe('*');
    const parts = urlOf(file).split('/');
    parts[parts.length - 2] = 'A'.repeat(parts.at(-2)?.length ?? 1);
    expect((await fetch(parts.join('/'))).status).toBe(404);
    expect((await fetch(urlOf(file).replace('/file/', '/thumb/'))).status).toBe(404);
  });

  it.each([
    [
      '16 files',
      422,
      () => Array.from({ length: 16 }, (_, i): File => ['attachments[]', `${i}`, `${i}.txt`]),
    ],
    [
      'too large a file',
      413,
      (): File[] => [
        ['attachments[]', 'ok', 'ok.txt'],
        ['attachments[]', 'x'.repeat(1024 * 1024 + 1), 'big.txt'],
      ],
    ],
  ] as [string, number, () => File[]][])('refuses %s and leaves nothing', async (_name, status, files) => {
    const before = [filesOnDisk(), await rows()];
    const answer = await send(files());
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(
      status === 422 ? { attributes: ['attachments'] } : { status: 413, error: 'Payload Too Large' },
    );
    expect([filesOnDisk(), await rows()]).toEqual(before);
  });

  it('takes 15 files, and one of exactly the limit', async () => {
    const files = Array.from({ length: 15 }, (_, i): File => ['attachments[]', `${i}`, `${i}.txt`]);
    expect(await sent(...files)).toHaveLength(15);
    expect(await sent(['attachments[]', 'x'.repeat(1024 * 1024), 'big.txt'])).toHaveLength(1);
  });

  it('leaves nothing of a post with too long a text', async () => {
    const before = [filesOnDisk(), await rows()];
    expect((await send([['attachments[]', 'a', 'a.txt']], { content: 'x'.repeat(150_001) })).status).toBe(
      422,
    );
    expect([filesOnDisk(), await rows()]).toEqual(before);
  });

  it('leaves nothing of a post that was cut off', async () => {
    const before = [filesOnDisk(), await rows()];
    const { hostname, port, pathname } = new URL(address());
    const open = '--b\r\ncontent-disposition: form-data; name="attachments[]"; filename="a.txt"\r\n\r\n';
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\n` +
        `content-length: 100000\r\n\r\n${open}${'x'.repeat(70_000)}`,
    );
    await eventually(() => filesOnDisk().length > (before[0]?.length ?? 0));
    socket.destroy();
    await eventually(() => filesOnDisk().length === before[0]?.length);
    expect([filesOnDisk(), await rows()]).toEqual(before);
  });

  it('refuses a multipart body that ends early, and leaves nothing', async () => {
    const before = [filesOnDisk(), await rows()];
    const body = '--b\r\ncontent-disposition: form-data; name="attachments[]"; filename="a"\r\n\r\nhalf';
    for (const type of [
      'multipart/form-data; boundary=b',
      'multipart/form-data',
      'multipart/form-data; boundary=',
    ])
      expect(
        (await fetch(address(), { method: 'POST', headers: { 'content-type': type }, body })).status,
      ).toBe(400);
    expect([filesOnDisk(), await rows()]).toEqual(before);
  });

  it.each([
    ['echo_id', { echo_id: 'e1' }, {}],
    ['Idempotency-Key', {}, { 'idempotency-key': newUuid() }],
  ])('keeps the files of the first of 5 posts with one %s', async (_name, fields, headers) => {
    const before = filesOnDisk().length;
    const files: File[] = [['attachments[]', 'same', 'same.txt']];
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send(files, fields as Record<string, string>, headers)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await (await fetch(urlOf(answers[0]?.body.attachments?.[0]))).text()).toBe('same');
    await eventually(() => filesOnDisk().length === before + 1);
    const other = await send(
      [['attachments[]', 'other', 'same.txt']],
      fields as Record<string, string>,
      headers,
    );
    expect(other.status).toBe(422);
    await eventually(() => filesOnDisk().length === before + 1);
  });
});
