/** Archives that are damaged, cut off, foreign or newer, and the conditions under which none is written. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../test/command-line.ts';
import { emptyConfig, engines, type Fresh, freshConfig } from '../../test/server.ts';
import { mayMount } from '../../test/small-disk.ts';
import { sqlitePath } from '../db/open.ts';
import { openFileStore } from '../files/store.ts';
import { openApp } from '../main.ts';
import { makeBackup } from './backup.ts';
import { readPassphrase } from './passphrase.ts';
import { checkArchive, restore } from './restore.ts';
import { writeTar } from './tar.ts';

const passphrase = 'correct horse battery staple';

let folder: string;
let old: Fresh;
const plain = () => join(folder, 'plain.backup');
const encrypted = () => join(folder, 'encrypted.backup');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoory-archive-'));
  old = await freshConfig('sqlite');
  const app = await openApp(old.config);
  const key = await openFileStore(join(old.config.data, 'files')).put([Buffer.alloc(200_000, 'picture')]);
  await app.db.write(async (tx) => {
    const file = { file_name: 'a.png', content_type: 'image/png', file_size: 200_000, created_at: 1 };
    await tx.insertMany('blobs', [{ id: 1, account_id: null, owner: null, file_key: key, ...file }]);
  });
  await app.close();
  await makeBackup(old.config, { target: plain() });
  await makeBackup(old.config, { target: encrypted(), passphrase });
});
afterAll(async () => {
  await old.release();
  rmSync(folder, { recursive: true, force: true });
});

describe('restoring', { timeout: 60_000 }, () => {
  let fresh: Fresh;
  const changed = () => join(folder, 'changed.backup');

  beforeEach(async () => {
    fresh = await emptyConfig('sqlite');
  });
  afterEach(() => fresh.release());

  /** Expects a refusal that leaves the folder as it was. @returns its message */
  async function refusal(file: string, given?: string): Promise<string> {
    const failed = await restore(fresh.config, { file, passphrase: given }).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failed?.name).toBe('BackupFailed');
    expect(readdirSync(fresh.config.data)).toEqual([]);
    return failed?.message ?? '';
  }

  it('puts database and files in place', async () => {
    const manifest = await restore(fresh.config, { file: encrypted(), passphrase });
    expect(manifest).toMatchObject({
      format: 1,
      engine: 'sqlite',
      files: 1,
      missing_files: 0,
      counts: { blobs: 1 },
    });
    expect(readdirSync(fresh.config.data).sort()).toEqual(['files', 'hoory.sqlite', 'server.lock']);
    const app = await openApp(fresh.config);
    const { file_key = '' } = (await app.db.get(app.db.q.selectFrom('blobs').select('file_key'))) ?? {};
    expect(await app.files.sizeOf(file_key)).toBe(200_000);
    await app.close();
  });

  it('distinguishes a wrong passphrase, a missing one and a damaged archive', async () => {
    expect(await refusal(encrypted(), 'another passphrase')).toBe(
      'The passphrase is wrong. Nothing was restored.',
    );
    expect(await refusal(encrypted())).toMatch(/is encrypted.*--passphrase-file/);
    const bytes = readFileSync(encrypted());
    for (const [at, message] of [
      [20, 'its first bytes were changed'],
      [60, 'its part 1 was changed'],
      [bytes.length - 1, /its part \d+ was changed/],
    ] as const) {
      writeFileSync(changed(), flip(bytes, at));
      expect(await refusal(changed(), passphrase)).toMatch(message);
    }
  });

  it('refuses an archive with any byte changed, or with any part of its end missing', async () => {
    const bytes = readFileSync(plain());
    const tar = gunzipSync(bytes);
    let refused = 0;
    for (let at = 11; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const flipped = flip(bytes, at);
      // Some bits of deflate change nothing, such as the distance of a copy among equal bytes.
      if (isSameTar(flipped, tar)) continue;
      writeFileSync(changed(), flipped);
      expect(await refusal(changed())).toMatch(/damaged|ends before|is a compressed file/);
      refused++;
    }
    expect(refused).toBeGreaterThan(20);
    for (const length of [30, 1000, bytes.length - 9, bytes.length - 1]) {
      writeFileSync(changed(), bytes.subarray(0, length));
      expect(await refusal(changed())).toMatch(/ends before its manifest/);
    }
    writeFileSync(changed(), readFileSync(encrypted()).subarray(0, -30));
    expect(await refusal(changed(), passphrase)).toMatch(/ends before its manifest/);
  });

  it('names the entry that differs from the manifest', async () => {
    const tar = gunzipSync(readFileSync(plain()));
    const at = tar.indexOf('picturepicture');
    writeFileSync(changed(), gzipSync(flip(tar, at)));
    expect(await refusal(changed())).toMatch(/files\/\w\w\/[\w-]{36} differs from the manifest/);
  });

  it('says what a foreign file is', async () => {
    writeFileSync(changed(), '');
    expect(await refusal(changed())).toContain(
      'is an empty file, not an archive that hoory backup has written',
    );
    copyFileSync(sqlitePath(old.config.data), changed());
    expect(await refusal(changed())).toContain('is a SQLite database');
    const inner = join(folder, 'inner');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, 'letter.txt'), 'Dear Ann');
    execFileSync('tar', ['cf', changed(), '-C', inner, '.']);
    expect(await refusal(changed())).toContain('is a tar archive without compression');
    execFileSync('tar', ['czf', changed(), '-C', inner, 'letter.txt']);
    expect(await refusal(changed())).toContain('is an archive of other files');
    writeFileSync(changed(), gzipSync('Dear Ann'));
    expect(await refusal(changed())).toContain('is a compressed file');
    expect(await refusal(join(folder, 'nowhere'))).toMatch(/^There is no file/);
  });

  it('refuses a newer format and a newer database, and names the version that reads them', async () => {
    const identity = {
      format: 1,
      program: '9.9.0',
      engine: 'sqlite',
      schema_version: 120,
      created_at: 'now',
    };
    for (const [newer, message] of [
      [{ ...identity, format: 2 }, /has format 2, written by Hoory 9\.9\.0; this is Hoory .* knows format 1/],
      [{ ...identity, schema_version: 9999 }, /database in the archive is at version 9999/],
    ] as const) {
      writeFileSync(changed(), await archiveOf({ 'backup.json': JSON.stringify(newer) }));
      expect(await refusal(changed())).toMatch(message);
    }
  });

  it('refuses names that leave the folder', async () => {
    const identity = {
      format: 1,
      program: '0.1.0',
      engine: 'sqlite',
      schema_version: 120,
      created_at: 'now',
    };
    const content = { 'backup.json': JSON.stringify(identity), 'files/../../x': 'evil' };
    writeFileSync(changed(), await archiveOf(content));
    expect(await refusal(changed())).toMatch(/unknown entry files\/\.\.\/\.\.\/x/);
  });

  it('only checks when asked to', async () => {
    const options = { file: encrypted(), passphrase };
    expect(await checkArchive(options)).toMatchObject({ files: 1 });
    writeFileSync(changed(), flip(readFileSync(encrypted()), 5000));
    await expect(checkArchive({ ...options, file: changed() })).rejects.toThrow(/damaged/);
  });
});

describe('backing up', { timeout: 60_000 }, () => {
  it('replaces a file with --force only, and needs a folder', async () => {
    await expect(makeBackup(old.config, { target: plain() })).rejects.toThrow(/exists already/);
    const target = join(folder, 'replaced.backup');
    writeFileSync(target, 'older');
    await makeBackup(old.config, { target, force: true });
    expect(await checkArchive({ file: target, passphrase: undefined })).toMatchObject({ files: 1 });
    const nowhere = makeBackup(old.config, { target: join(folder, 'no', 'x') });
    await expect(nowhere).rejects.toThrow(/There is no folder/);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const place = mkdtempSync(join(folder, 'stopped-'));
    const signal = AbortSignal.abort(new Error('The backup was stopped by SIGTERM.'));
    const stopped = makeBackup(old.config, { target: join(place, 'x.backup'), signal });
    await expect(stopped).rejects.toThrow(/stopped by SIGTERM/);
    expect(readdirSync(place)).toEqual([]);
  });

  it('says that there is no database, and that a passphrase is too short', async () => {
    const fresh = await emptyConfig('sqlite');
    const made = await run(['backup', join(folder, 'none.backup')], fresh.env);
    expect(made).toMatchObject({ code: 1, stdout: '' });
    expect(made.stderr).toMatch(/^There is no database in .*\n$/);
    await fresh.release();
    expect(() => readPassphrase({ HOORY_BACKUP_PASSPHRASE: 'short' }, undefined)).toThrow(/has 5 characters/);
    expect(() => readPassphrase({}, join(folder, 'nowhere'))).toThrow(/cannot be read: ENOENT/);
    writeFileSync(join(folder, 'pass'), `${passphrase}\nsecond line\n`);
    expect(readPassphrase({}, join(folder, 'pass'))).toBe(passphrase);
    expect(readPassphrase({}, undefined)).toBeUndefined();
  });

  it.runIf(engines.includes('postgres'))('names the program that it misses', async () => {
    const fresh = await freshConfig('postgres');
    const { findProgram } = await import('../db/postgres/programs.ts');
    await expect(findProgram('pg_dump', 99)).rejects.toThrow(
      /pg_dump of PostgreSQL 99 or newer is needed, and .*pg_dump is of version \d+.*apt install postgresql-client-99/,
    );
    await fresh.release();
  });

  it.runIf(mayMount())('changes nothing when the disk is full', async () => {
    const disk = mkdtempSync(join(folder, 'disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      const target = join(disk, 'x.backup');
      writeFileSync(target, 'older');
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(1_500_000));
      const full = makeBackup(old.config, { target, force: true });
      await expect(full).rejects.toThrow(/The disk of .* is full\. x\.backup was not written/);
      expect(readdirSync(disk).sort()).toEqual(['ballast', 'x.backup']);
      expect(readFileSync(target, 'utf8')).toBe('older');
      const fresh = await emptyConfig('sqlite', { HOORY_DATA: join(disk, 'data') });
      const restored = restore(fresh.config, { file: plain(), passphrase: undefined });
      await expect(restored).rejects.toThrow(/is full\. Nothing was restored/);
      expect(existsSync(fresh.config.data)).toBe(false);
      await fresh.release();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function isSameTar(zipped: Buffer, tar: Buffer): boolean {
  try {
    return gunzipSync(zipped).equals(tar);
  } catch {
    return false;
  }
}

async function archiveOf(contents: Record<string, string>): Promise<Buffer> {
  async function* entries() {
    for (const [name, text] of Object.entries(contents))
      yield { name, size: text.length, content: [Buffer.from(text)] };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of writeTar(entries())) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}
