/**
 * Tar archives of plain files (POSIX ustar), as a stream. Reading accepts nothing but plain files, so no archive can place a link or a
 * folder (decisions.md 19).
 */
import { ByteReader } from './byte-reader.ts';
import { damaged, truncated } from './failure.ts';

export interface TarEntry {
  /** At most 100 characters of ASCII. */
  name: string;
  /** Bytes. */
  size: number;
  content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

const block = 512;
/** Larger sizes are binary, as GNU tar writes them. */
const maxOctalSize = 8 ** 11 - 1;

/** The bytes of an archive. @throws Error when the content of an entry is not as long as its size says */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Buffer> {
  for await (const { name, size, content } of entries) {
    yield headerOf(name, size);
    let written = 0;
    for await (const chunk of content) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== size) throw new Error(`${name} has ${written} bytes instead of ${size}`);
    yield Buffer.alloc(paddingOf(size));
  }
  yield Buffer.alloc(2 * block);
}

const paddingOf = (size: number) => (block - (size % block)) % block;

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100, 'latin1');
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size <= maxOctalSize) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** The sum of all bytes, with spaces in the place of the sum itself. */
function checksumOf(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

/** An entry whose content must be read before the next one. */
export interface ReadEntry extends TarEntry {
  content: AsyncIterable<Buffer>;
}

/** The entries of an archive, in their order. @throws BackupFailed for what `writeTar` does not write */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<ReadEntry> {
  const reader = new ByteReader(source, truncated);
  for (;;) {
    const header = await reader.read(block);
    if (header.every((byte) => byte === 0)) break;
    const { name, size } = parseHeader(header);
    yield { name, size, content: reader.pieces(size) };
    await reader.read(paddingOf(size));
  }
  await reader.read(block);
  if (!(await reader.isAtEnd())) throw damaged('there is more behind its end');
}

function parseHeader(header: Buffer): { name: string; size: number } {
  const text = (start: number, length: number) =>
    header.toString('latin1', start, start + length).replace(/\0.*$/s, '');
  const sum = Number.parseInt(text(148, 8), 8);
  if (text(257, 5) !== 'ustar' || sum !== checksumOf(header))
    throw damaged('the header of an entry is wrong');
  const name = text(0, 100);
  if (text(156, 1) !== '0' || text(345, 155)) throw damaged(`${name} is no plain file`);
  const size = header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(124, 12), 8);
  if (!Number.isSafeInteger(size)) throw damaged(`the size of ${name} is wrong`);
  return { name, size };
}
