/** Downloads files from addresses that users entered, through the guard of outgoing requests, with limits of size and time. */
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import type { App } from '../app.ts';
import { unprocessable } from '../errors.ts';
import type { Upload } from '../http/upload.ts';

/** From the request to the last byte. */
const timeoutMs = 10_000;

/**
 * Downloads the file at `url` into the file store.
 * @throws unprocessable 422 for an address that is not http or https, any answer but 200, a time-out, and more than `maxBytes`
 */
export async function fetchFile(app: App, url: string, maxBytes = app.config.maxFile): Promise<Upload> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw unprocessable('The address is not an http or https address');
  try {
    const signal = AbortSignal.timeout(timeoutMs);
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
        done(size > maxBytes ? new Error('The file is too large') : null, chunk);
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
