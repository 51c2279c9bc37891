/** Reads an archive from its beginning to its end, and checks each byte of it against the manifest. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { VERSION } from '@hoory/contract';
import { codeOf } from '../db/database-failed.ts';
import { decrypt, magic } from './encryption.ts';
import { EntryList, findDifference } from './entry-list.ts';
import { BackupFailed, damaged, truncated } from './failure.ts';
import {
  format,
  type Identity,
  identityName,
  keyIn,
  listName,
  type Manifest,
  manifestName,
  maxJsonBytes,
  parseIdentity,
  parseManifest,
  partIn,
} from './format.ts';
import type { Progress } from './progress.ts';
import { type ReadEntry, readTar } from './tar.ts';

export interface ArchiveVisitor {
  /** Called first. An error that it throws ends the reading. */
  identity?(identity: Identity): Promise<void>;
  /** Called with the parts of the database in their order. Without it they are only checked. */
  database?(content: AsyncIterable<Buffer>): Promise<void>;
  /** Called with each file. */
  file?(key: string, content: AsyncIterable<Buffer>): Promise<void>;
}

export interface ReadOptions {
  passphrase: string | undefined;
  /** A folder for the lists of entries. */
  scratch: string;
  progress?: Progress | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws BackupFailed for an archive that is damaged, cut off, foreign, newer, or encrypted with another passphrase */
export async function readArchive(
  path: string,
  visitor: ArchiveVisitor,
  { passphrase, scratch, progress, signal }: ReadOptions,
): Promise<Manifest> {
  const isEncrypted = await detect(path, passphrase);
  const { size } = await stat(path);
  let read = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      read += chunk.length;
      progress?.say('reading the archive', read, size);
      done(null, chunk);
    },
  });
  try {
    return await pipeline(
      createReadStream(path, { highWaterMark: 256 * 1024 }),
      counter,
      (bytes: AsyncIterable<Buffer>) => (isEncrypted ? decrypt(bytes, passphrase ?? '') : bytes),
      createGunzip({ chunkSize: 64 * 1024 }),
      (plain: AsyncIterable<Buffer>) => readEntries(path, plain, { visitor, scratch }),
      { ...(signal && { signal }) },
    );
  } catch (error) {
    throw toFailure(error);
  }
}

/** Errors of zlib: the rest of the stream is missing, or its bytes were changed. */
function toFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'Z_BUF_ERROR') return truncated(error);
  return code.startsWith('Z_') ? damaged('its bytes were changed', error) : error;
}

/** Whether the archive is encrypted. @throws BackupFailed when it is no archive, or there is no passphrase for it */
async function detect(path: string, passphrase: string | undefined): Promise<boolean> {
  const start = await readStart(path);
  if (start.subarray(0, magic.length).equals(magic)) {
    if (passphrase === undefined)
      throw new BackupFailed(
        'The archive is encrypted. Name its passphrase with --passphrase-file or HOORY_BACKUP_PASSPHRASE.',
      );
    return true;
  }
  if (start.length >= 2 && start.readUInt16BE() === 0x1f8b) return false;
  throw foreign(path, kindOf(start));
}

const foreign = (path: string, kind: string) =>
  new BackupFailed(`${path} is ${kind}, not an archive that hoory backup has written. Nothing was restored.`);

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((error) => {
    throw codeOf(error) === 'ENOENT' ? new BackupFailed(`There is no file ${path}.`) : error;
  });
  const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512).finally(() => file.close());
  return buffer.subarray(0, bytesRead);
}

function kindOf(start: Buffer): string {
  if (!start.length) return 'an empty file';
  const known: [string, number, string][] = [
    ['SQLite format 3', 0, 'a SQLite database'],
    ['PGDMP', 0, 'a dump of pg_dump'],
    ['PK\u0003\u0004', 0, 'a zip archive'],
    ['ustar', 257, 'a tar archive without compression'],
  ];
  const match = known.find(([text, at]) => start.toString('latin1', at, at + text.length) === text);
  return match?.[2] ?? 'a file of another kind';
}

interface Reading {
  visitor: ArchiveVisitor;
  scratch: string;
}

async function readEntries(
  path: string,
  plain: AsyncIterable<Buffer>,
  { visitor, scratch }: Reading,
): Promise<Manifest> {
  const expectedPath = join(scratch, 'expected.list');
  const foundPath = join(scratch, 'found.list');
  const list = await EntryList.open(foundPath);
  try {
    const entries = readTar(plain);
    await visitor.identity?.(await readIdentity(path, entries, list));
    const manifest = await readContents(entries, { visitor, list, expectedPath });
    const { count, bytes, sha256 } = await list.close();
    const { entries: expected } = manifest;
    if (count !== expected.count || bytes !== expected.bytes || sha256 !== expected.sha256)
      throw damaged(`${await findDifference(expectedPath, foundPath)} differs from the manifest`);
    return manifest;
  } finally {
    await list.close().catch(() => {});
    for (const name of [expectedPath, foundPath]) await rm(name, { force: true });
  }
}

/** Reads the first entry. @throws BackupFailed when it is not ours, or of a newer format */
async function readIdentity(
  path: string,
  entries: AsyncGenerator<ReadEntry>,
  list: EntryList,
): Promise<Identity> {
  const first = await entries.next().catch((error) => {
    throw error instanceof BackupFailed && !codeOf(error.cause) ? foreign(path, 'a compressed file') : error;
  });
  if (first.done || first.value.name !== identityName) throw foreign(path, 'an archive of other files');
  const { entry, added } = list.watch(first.value);
  const identity = parseIdentity(await textOf(entry));
  if (!identity) throw damaged(`${identityName} cannot be read`);
  if (identity.format > format)
    throw new BackupFailed(
      `The archive has format ${identity.format}, written by Hoory ${identity.program}; this is Hoory ${VERSION}, which knows ` +
        `format ${format}. Restore it with Hoory ${identity.program} or newer.`,
    );
  await added();
  return identity;
}

interface Contents {
  visitor: ArchiveVisitor;
  list: EntryList;
  expectedPath: string;
}

/** Reads all other entries, in the order of `format.ts`. */
async function readContents(
  entries: AsyncGenerator<ReadEntry>,
  { visitor, list, expectedPath }: Contents,
): Promise<Manifest> {
  let parts = 0;
  for await (const each of entries) {
    if (each.name === listName) {
      await pipeline(each.content, createWriteStream(expectedPath, { flags: 'wx' }));
      return readManifest(entries);
    }
    const { entry, added } = list.watch(each);
    const key = keyIn(entry.name);
    if (partIn(entry.name) === parts + 1) {
      parts++;
      await (visitor.database ?? drain)(entry.content);
    } else if (key === undefined) throw damaged(`it has the unknown entry ${entry.name}`);
    else if (visitor.file) await visitor.file(key, entry.content);
    else await drain(entry.content);
    await added();
  }
  throw truncated();
}

/** Reads the last entry. */
async function readManifest(entries: AsyncGenerator<ReadEntry>): Promise<Manifest> {
  const last = await entries.next();
  if (last.done || last.value.name !== manifestName) throw damaged('it has no manifest');
  const manifest = parseManifest(await textOf(last.value));
  if (!(await entries.next()).done) throw damaged('there is more behind its manifest');
  return manifest;
}

async function drain(content: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of content);
}

async function textOf({ name, size, content }: ReadEntry): Promise<string> {
  if (size > maxJsonBytes) throw damaged(`${name} is too large`);
  return text(content);
}
