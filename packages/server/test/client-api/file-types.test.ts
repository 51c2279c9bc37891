/**
 * Any file, declared as anything and named anyhow, comes back whole under its name, and nothing that a browser would run
 * is shown in place (client-api.md 2.7 and 5.12, decisions.md 13).
 */
import type { AudioAttachment, FileAttachment } from '@hoory/contract';
import { parse } from 'content-disposition';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientApiServer, startClientApiServer } from '../fixtures/client-api-server.ts';
import { engines } from '../server.ts';

type Stored = AudioAttachment | FileAttachment;

/** The type of the bytes: a picture of one type, a container of sound or video, text, or anything else. */
interface Sample {
  name: string;
  bytes: Buffer;
  picture?: string;
  media?: true;
  text?: 'utf-8' | 'other';
}

const picture = (format: 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'tiff') =>
  sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer();
const boxes = (brand: string) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from(`ftyp${brand}`),
    Buffer.alloc(4),
    Buffer.from(`${brand}isom`),
  ]);
const ogg = (codec: string) =>
  Buffer.concat([
    Buffer.from('OggS'),
    Buffer.alloc(24, 1),
    Buffer.from(codec, 'latin1'),
    Buffer.alloc(64, 2),
  ]);

async function makeSamples(): Promise<Sample[]> {
  const pictures = await Promise.all(
    (['png', 'jpeg', 'gif', 'webp', 'avif'] as const).map(async (format) => ({
      name: format,
      bytes: await picture(format),
      picture: `image/${format}`,
    })),
  );
  const ebml =
    '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff';
  const media: [string, Buffer][] = [
    ['webm', Buffer.from(ebml, 'hex')],
    ['mp4', boxes('isom')],
    ['m4a', boxes('M4A ')],
    ['3gp', boxes('3gp5')],
    ['mov', boxes('qt  ')],
    ['ogg with Opus', ogg('OpusHead')],
    ['ogg with Theora', ogg('\x80theora')],
    ['wav', Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(32)])],
  ];
  const texts: [string, string][] = [
    ['html', '<!doctype html><script>alert(1)</script>'],
    ['svg', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['script', 'alert("ü")'],
    ['csv', 'name;city\r\nAna;Köln\r\n'],
    ['json', '{"a":"日本"}'],
    ['visiting card', 'BEGIN:VCARD\r\nEND:VCARD\r\n'],
    ['playlist', '#EXTM3U\nhttps://example.test/a.mp3\n'],
    ['nothing', ''],
  ];
  const legacy = { name: 'latin1 text', bytes: Buffer.from('Köln', 'latin1'), text: 'other' } as const;
  const others: [string, Buffer][] = [
    ['pdf', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\0\x01', 'latin1')],
    ['zip', Buffer.from('504b030414000000080000000000', 'hex')],
    ['heic', boxes('heic')],
    ['tiff', await picture('tiff')],
    ['no known bytes', Buffer.from([0, 1, 2, 3, 250, 251])],
  ];
  return [
    ...pictures,
    ...media.map(([name, bytes]) => ({ name, bytes, media: true as const })),
    ...texts.map(([name, text]) => ({ name, bytes: Buffer.from(text), text: 'utf-8' as const })),
    legacy,
    ...others.map(([name, bytes]) => ({ name, bytes })),
  ];
}

const sounds = ['audio/webm', 'audio/mp4', 'audio/ogg', 'audio/3gpp', 'audio/mpeg'];
const videos = ['video/webm', 'video/mp4', 'video/ogg', 'video/quicktime', 'video/3gpp'];
const pictures = ['png', 'jpeg', 'gif', 'webp', 'avif', 'bmp'].map((kind) => `image/${kind}`);
const texts = ['text/plain', 'text/csv', 'text/html', 'application/json', 'image/svg+xml', 'audio/foo+xml'];
const others = ['application/pdf', 'application/zip', 'image/heic', 'image/tiff', 'application/x-thing'];
const nothing = ['', 'application/octet-stream', 'image/*', 'nonsense', `a/${'b'.repeat(300)}`];
const declared = fc
  .tuple(
    fc.constantFrom(...sounds, ...videos, ...pictures, ...texts, ...others, ...nothing),
    fc.constantFrom('', ';codecs=opus', '; charset="utf-8"', ' ; a=b'),
  )
  .map((parts) => parts.join(''));
const fileName = fc.oneof(
  fc.constantFrom(
    "Ann's (1) 50%.png",
    'Straße 日本 👍.jpeg',
    'a"b;c=d.webm',
    '100%25 sure',
    "*'()!.txt",
    'plain',
  ),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((text) => `${text.replaceAll(/[\\/]/g, '').trim() || 'x'}.dat`),
);

const essence = (type: string) => type.split(';')[0]?.trim() ?? '';
/** A browser makes a page of it, or runs it. */
const isActive = (type: string) => /html|xml|script|pdf|css|wasm/.test(type);

describe.each(engines)('the type of a file on %s', (engine) => {
  let server: ClientApiServer;
  let samples: Sample[];
  let address: string;
  beforeAll(async () => {
    server = await startClientApiServer({ engine });
    const { place } = await server.createConversation();
    address = `${server.baseUrl}/contacts/${place.contact_identifier}/conversations/${place.conversation_id}/messages`;
    samples = await makeSamples();
  });
  afterAll(() => server.stop());

  /** Sends a file as its part says it, and reads it back. */
  async function roundTrip(type: string, bytes: Buffer, name: string) {
    const coded = encodeURIComponent(name).replaceAll("'", '%27');
    const head = `--b\r\ncontent-disposition: form-data; name="attachments[]"; filename*=UTF-8''${coded}\r\n`;
    const header = type ? `content-type: ${type}\r\n` : '';
    const body = Buffer.concat([Buffer.from(`${head}${header}\r\n`), bytes, Buffer.from('\r\n--b--\r\n')]);
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const answer = await fetch(address, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    const [attachment] = ((await answer.json()) as { attachments: Stored[] }).attachments;
    const served = await fetch((attachment as Stored).data_url);
    const disposition = served.headers.get('content-disposition') ?? '';
    return {
      attachment: attachment as Stored,
      body: Buffer.from(await served.arrayBuffer()),
      type: served.headers.get('content-type') ?? '',
      isInline: disposition.startsWith('inline;'),
      disposition,
      name: parse(disposition).parameters.filename ?? '',
      guards: [served.headers.get('x-content-type-options'), served.headers.get('content-security-policy')],
    };
  }
  const sampleOf = (name: string) => samples.find((one) => one.name === name) as Sample;

  it('is what was declared and the bytes allow, and nothing active is shown in place', async () => {
    const anySample = fc.nat().map((at) => samples[at % samples.length] as Sample);
    await fc.assert(
      fc.asyncProperty(declared, anySample, fileName, async (given, sample, name) => {
        const read = await roundTrip(given, sample.bytes, name);
        const { content_type, file_type } = read.attachment;
        expect(read.body.equals(sample.bytes)).toBe(true);
        expect(content_type).not.toMatch(/[;\s]/);
        expect(read.guards).toEqual(['nosniff', expect.stringMatching(/^sandbox; default-src 'none'/)]);

        const isDeclared = !nothing.includes(essence(given));
        const agrees =
          (sample.text && texts.includes(essence(given))) ||
          (sample.media && [...sounds, ...videos].includes(essence(given))) ||
          (sample.picture !== undefined && sample.picture === essence(given)) ||
          others.includes(essence(given));
        if (isDeclared && agrees) expect(content_type).toBe(essence(given));
        if (!isDeclared && sample.picture) expect(content_type).toBe(sample.picture);

        if (read.isInline) {
          expect(isActive(read.type)).toBe(false);
          expect(essence(read.type)).toBe(content_type);
          if (file_type === 'image') expect(content_type).toBe(sample.picture);
          if (file_type === 'audio' || file_type === 'video')
            expect(sample.media || sample.name === 'no known bytes').toBe(true);
          if (file_type === 'file')
            expect([content_type, sample.text]).toEqual(['text/plain', expect.any(String)]);
        }
        if (/^text\/|json/.test(read.type))
          expect(read.type.endsWith('; charset=utf-8')).toBe(sample.text === 'utf-8');
        else expect(read.type).not.toContain(';');

        expect(read.name.startsWith(name.trim())).toBe(true);
        if (name.includes('.')) expect(read.name).toBe(name.trim());
        expect(read.disposition).toMatch(/^(inline|attachment); filename=[ -~]+$/);
        expect(decodeURIComponent(new URL(read.attachment.data_url).pathname).endsWith(`/${read.name}`)).toBe(
          true,
        );
      }),
      { numRuns: 250 },
    );
  });

  it.each([
    ['audio/webm;codecs=opus', 'webm', 'audio/webm', 'audio', 'voice.weba'],
    ['audio/mp4', 'mp4', 'audio/mp4', 'audio', 'voice.m4a'],
    ['video/webm', 'webm', 'video/webm', 'video', 'voice.webm'],
    ['application/octet-stream', 'heic', 'image/heic', 'file', 'voice.heic'],
    ['image/*', 'avif', 'image/avif', 'image', 'voice.avif'],
    ['image/png', 'webp', 'image/webp', 'image', 'voice.webp'],
    ['image/png', 'html', 'application/octet-stream', 'file', 'voice'],
    ['text/plain', 'visiting card', 'text/plain', 'file', 'voice'],
    ['image/svg+xml', 'svg', 'image/svg+xml', 'file', 'voice'],
    ['audio/mpegurl', 'playlist', 'application/octet-stream', 'file', 'voice'],
  ])('%s over the bytes of %s is %s', async (given, sample, content_type, file_type, name) => {
    const read = await roundTrip(given, sampleOf(sample).bytes, 'voice');
    expect(read.attachment).toMatchObject({ content_type, file_type });
    expect(read.name).toBe(name);
  });

  it('is said of downloads that no browser runs, with a PDF among them', async () => {
    const served = async (type: string, sample: string) => {
      const { type: shown, isInline } = await roundTrip(type, sampleOf(sample).bytes, 'a.bin');
      return [shown, isInline];
    };
    expect(await served('application/pdf', 'pdf')).toEqual(['application/pdf', false]);
    expect(await served('text/csv', 'csv')).toEqual(['text/csv; charset=utf-8', false]);
    expect(await served('text/csv', 'latin1 text')).toEqual(['text/csv', false]);
    expect(await served('text/plain', 'latin1 text')).toEqual(['text/plain', true]);
    expect(await served('image/heic', 'heic')).toEqual(['image/heic', false]);
    expect(await served('image/svg+xml', 'svg')).toEqual(['application/octet-stream', false]);
  });

  it('says of a long text whether it is UTF-8, also where the part that is looked at ends in a character', async () => {
    for (const start of ['', 'a', 'ab', 'abc']) {
      const { type } = await roundTrip('text/plain', Buffer.from(start + '日'.repeat(400_000)), 'a.txt');
      expect(type).toBe('text/plain; charset=utf-8');
    }
  });

  it('gives a thumbnail its own extension beside the name of the picture', async () => {
    const { attachment } = await roundTrip('image/avif', sampleOf('avif').bytes, 'Sommer.avif');
    expect(attachment).toMatchObject({ width: 20, height: 10, extension: 'avif' });
    expect(new URL(attachment.thumb_url).pathname.split('/').at(-1)).toBe('Sommer.webp');
    const thumb = await fetch(attachment.thumb_url);
    expect([thumb.headers.get('content-type'), thumb.headers.get('content-disposition')]).toEqual([
      'image/webp',
      'inline; filename=Sommer.webp',
    ]);
  });
});
