/** Files at addresses that users named: fetched through the guard of outgoing requests, within size and time. */
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import type { App } from '../app.ts';
import { unprocessable } from '../errors.ts';
import type { Upload } from '../http/upload.ts';

/** Milliseconds from the request to the last byte. */
const limit = 10_000;

/**
 * Stores what the address answers with, as a file of the request. `most` is the largest size, in bytes.
 * @throws unprocessable when that cannot be done
 */
export async function fetchFile(app: App, url: string, most = app.config.maxFile): Promise<Upload> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw unprocessable('The address is not an http or https address');
  try {
    const signal = AbortSignal.timeout(limit);
    const answer = await app.outgoing.send({ method: 'GET', url, signal });
    if (answer.status !== 200) {
      answer.body.destroy();
      throw new Error(`The address answered ${answer.status}`);
    }
    const hash = createHash('sha256');
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        size += chunk.length;
        done(size > most ? new Error('The file is too large') : null, chunk);
      },
    });
    answer.body.on('error', (error) => measure.destroy(error));
    measure.on('error', () => answer.body.destroy());
    const key = await app.files.put(answer.body.pipe(measure));
    return {
      field: 'avatar',
      key,
      file_name: lastSegment(url),
      content_type: String(answer.headers['content-type'] ?? ''),
      size,
      sha256: hash.digest('hex'),
      isUsed: false,
    };
  } catch (error) {
    app.log.debug({ err: error }, 'a file could not be fetched');
    throw unprocessable('The file could not be fetched from its address');
  }
}

function lastSegment(url: string): string {
  const segment = new URL(url).pathname.split('/').pop() || 'file';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
