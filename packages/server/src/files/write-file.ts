/** Writes a stream to a file so that the file can be removed when the stream fails. */
import type { WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes all bytes of `source` to `file`.
 * @throws the error of the source or the file, after the file is closed: `pipeline` alone may reject while the file is still being
 *   opened, and a removal before that would not remove it
 */
export async function writeFile(source: Readable | Buffer[], file: WriteStream): Promise<void> {
  const closed = new Promise<void>((resolve) => file.once('close', () => resolve()));
  try {
    const bytes: AsyncIterable<Buffer> | Iterable<Buffer> = source;
    await pipeline(bytes, file);
  } catch (error) {
    await closed;
    throw error;
  }
}
