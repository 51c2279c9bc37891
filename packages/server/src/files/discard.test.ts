import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { openBucket } from '../../test/bucket.ts';
import type { Log } from '../log.ts';
import { discardFiles } from './discard.ts';
import { openS3Store } from './s3-store.ts';
import { openFileStore } from './store.ts';

function openLog() {
  const warned: unknown[] = [];
  return { warned, log: { warn: (_fault: unknown, text: string) => warned.push(text) } as unknown as Log };
}

it('removes files that exist and ignores those that do not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hoory-files-'));
  const files = openFileStore(folder);
  const { log, warned } = openLog();
  const keys = [
    await files.put(Readable.from(['one'])),
    null,
    'gone',
    await files.put(Readable.from(['two'])),
  ];
  await discardFiles({ files, log }, keys);
  for (const key of keys) if (key) expect(await files.sizeOf(key)).toBeUndefined();
  expect(warned).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

it('logs files that an unreachable store kept, and does not reject', async () => {
  const bucket = await openBucket();
  const files = openS3Store(bucket.settings);
  await bucket.close();
  const { log, warned } = openLog();
  await discardFiles({ files, log }, ['one', 'two']);
  expect(warned).toHaveLength(2);
});
