/** One suite for every file store: a folder on disk, and a bucket of a real S3 service. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bucket, openBucket } from '../../test/bucket.ts';
import { openS3Store } from './s3-store.ts';
import { type FileStore, openFileStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'hoory-files-'));
let bucket: Bucket;
beforeAll(async () => {
  bucket = await openBucket();
});
afterAll(async () => {
  await bucket.close();
  rmSync(folder, { recursive: true, force: true });
});

const stores: [string, () => FileStore][] = [
  ['a folder', () => openFileStore(folder)],
  ['a bucket', () => openS3Store(bucket.settings)],
];

const megabyte = 1024 * 1024;
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** So many random bytes in pieces of an odd size, and their hash once they were read. */
function pieces(size: number) {
  const hash = createHash('sha256');
  async function* make() {
    for (let left = size; left > 0; ) {
      const piece = randomBytes(Math.min(left, 65_537));
      left -= piece.length;
      hash.update(piece);
      yield piece;
    }
  }
  return { source: Readable.from(make(), { objectMode: false }), digest: () => hash.digest('hex') };
}

const failing = (after: number) =>
  Readable.from(
    (async function* () {
      yield randomBytes(after);
      throw new Error('the source failed');
    })(),
  );

describe.each(stores)('%s', (_name, open) => {
  let store: FileStore;
  beforeAll(() => {
    store = open();
  });

  /** The stored files, found by a sweep that removes none. */
  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for (let number = 0; number < 256; number++)
      await store.sweep({
        folder: number,
        until: Date.now() + 60_000,
        findReferenced: async (here) => {
          found.push(...here);
          return new Set(here);
        },
      });
    return found;
  }

  const read = async (key: string, range?: { start: number; end: number }) => {
    const stream = await store.open(key, range);
    return stream && (await buffer(stream));
  };

  it.each([0, 1, 8 * megabyte, 8 * megabyte + 1, 20 * megabyte])(
    'gives back %i bytes as they came',
    async (size) => {
      const { source, digest } = pieces(size);
      const key = await store.put(source);
      expect(key).toMatch(/^[0-9a-f-]{36}$/);
      expect(await store.sizeOf(key)).toBe(size);
      const back = (await read(key)) as Buffer;
      expect([back.length, hashOf(back)]).toEqual([size, digest()]);
    },
  );

  it('returns a range, with its last byte', async () => {
    const key = await store.put([Buffer.from('0123'), Buffer.from('456789')]);
    expect(String(await read(key, { start: 2, end: 5 }))).toBe('2345');
    expect(String(await read(key, { start: 9, end: 9 }))).toBe('9');
  });

  it('gives the path of a file to libraries that read files', async () => {
    const key = await store.put([Buffer.from('picture')]);
    expect(
      await store.lend(key, async (path) => [(await stat(path)).size, String(readFileSync(path))]),
    ).toEqual([7, 'picture']);
  });

  it('has no size and no content for a file that was removed, and removes it again without an error', async () => {
    const key = await store.put([Buffer.from('gone')]);
    await store.remove(key);
    await store.remove(key);
    expect(await store.sizeOf(key)).toBeUndefined();
    expect(await store.open(key)).toBeUndefined();
  });

  it.each([10, 20 * megabyte])('leaves nothing when the source fails after %i bytes', async (after) => {
    const before = await keys();
    await expect(store.put(failing(after))).rejects.toThrow('the source failed');
    expect((await keys()).sort()).toEqual(before.sort());
  });

  it('sweeps old files that nothing refers to', async () => {
    const key = await store.put([Buffer.from('left')]);
    const named = await store.put([Buffer.from('named')]);
    const young = async (keep: (all: string[]) => string[], until: number) => {
      let swept = 0;
      for (const one of new Set([key, named].map((text) => Number.parseInt(text.slice(0, 2), 16))))
        swept += await store.sweep({
          folder: one,
          until,
          findReferenced: async (all) => new Set(keep(all)),
        });
      return swept;
    };
    expect(await young(() => [], Date.now() - 60_000)).toBe(0);
    expect(await young((all) => all.filter((one) => one !== key), Date.now() + 60_000)).toBe(1);
    expect(await store.sizeOf(key)).toBeUndefined();
    expect(await store.sizeOf(named)).toBe(5);
  });
});

describe('a bucket', () => {
  it('shows the error code of the service, and no secret', async () => {
    const store = openS3Store({ ...bucket.settings, accessKeyId: 'nobody' });
    await expect(store.put([Buffer.from('x')])).rejects.toThrow(
      /^The file store answered 403 InvalidAccessKeyId to PUT$/,
    );
  });

  it('reads only the next part ahead while one is being uploaded', async () => {
    const parts: ServerResponse[] = [];
    const service = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        if (request.method === 'PUT') parts.push(response);
        else response.end('<UploadId>one</UploadId>');
      });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    let read = 0;
    async function* source() {
      for (let piece = 0; piece < 48; piece++) {
        read++;
        yield Buffer.alloc(megabyte);
      }
    }
    const put = openS3Store({ ...bucket.settings, endpoint }).put(
      Readable.from(source(), { highWaterMark: 1 }),
    );
    for (let part = 1; part <= 6; part++) {
      await expect.poll(() => parts.length).toBe(part);
      expect(read).toBeLessThanOrEqual(Math.max(part, 2) * 8 + 2);
      parts[part - 1]?.setHeader('etag', `"${part}"`).end();
    }
    await put;
    service.close();
  });
});
