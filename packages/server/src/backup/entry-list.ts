/** Hash, size and name of the entries of an archive, one a line, in a file: an archive may have more entries than fit into memory. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Manifest } from './format.ts';
import type { ReadEntry, TarEntry } from './tar.ts';

/** Lines are written in groups of about this many characters. */
const groupLength = 64 * 1024;

export class EntryList {
  readonly #file: FileHandle;
  readonly #all = createHash('sha256');
  #group = '';
  #count = 0;
  #bytes = 0;
  /** Bytes of the list itself. */
  size = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** A list in a new file at `path`. */
  static async open(path: string): Promise<EntryList> {
    return new EntryList(await open(path, 'wx', 0o600));
  }

  /** The same entry, which is added to the list as soon as its content was read and `added` is called. */
  watch(entry: TarEntry): { entry: ReadEntry; added(): Promise<void> } {
    const hash = createHash('sha256');
    const watched = { ...entry, content: hashing(entry.content, hash) };
    return {
      entry: watched,
      added: () => this.#add(`${hash.digest('hex')} ${entry.size} ${entry.name}\n`, entry.size),
    };
  }

  async #add(line: string, bytes: number): Promise<void> {
    this.#group += line;
    this.#all.update(line);
    this.#count++;
    this.#bytes += bytes;
    this.size += line.length;
    if (this.#group.length > groupLength) await this.#writeGroup();
  }

  async #writeGroup(): Promise<void> {
    await this.#file.write(this.#group);
    this.#group = '';
  }

  /** Writes the rest and closes the file; a second call does nothing. @returns what a manifest says of the list */
  async close(): Promise<Manifest['entries']> {
    await this.#writeGroup();
    await this.#file.close();
    return { count: this.#count, bytes: this.#bytes, sha256: this.#all.digest('hex') };
  }
}

async function* hashing(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  hash: Hash,
): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The name in the first line in which two lists differ. */
export async function findDifference(expected: string, found: string): Promise<string> {
  const lines = [expected, found].map((path) =>
    createInterface({ input: createReadStream(path) })[Symbol.asyncIterator](),
  );
  for (;;) {
    const [left, right] = await Promise.all(lines.map((iterator) => iterator.next()));
    if (left?.done && right?.done) return 'the list of entries';
    if (left?.value !== right?.value) return nameIn(left?.value ?? right?.value ?? '');
  }
}

const nameIn = (line: string) => line.replace(/^\S+ \S+ /, '');
