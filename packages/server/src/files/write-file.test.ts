import fs, { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import { writeFile } from './write-file.ts';

const root = mkdtempSync(join(tmpdir(), 'hoory-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('rejects only after a file that opens slowly is closed', async () => {
  const path = join(root, 'slow.part');
  let open = () => {};
  const slow = { ...fs, open: (...given: Parameters<typeof fs.open>) => (open = () => fs.open(...given)) };
  const failed = Readable.from([]).destroy(new Error('The source failed'));
  let isSettled = false;
  const written = writeFile(failed, createWriteStream(path, { fs: slow }));
  void written.catch(() => {}).then(() => (isSettled = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([isSettled, existsSync(path)]).toEqual([false, false]);
  open();
  await expect(written).rejects.toThrow('The source failed');
  expect(existsSync(path)).toBe(true);
});
