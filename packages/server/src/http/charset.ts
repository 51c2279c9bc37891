/** Bytes to text in the charset that the sender declared. A byte that is none of it is refused, never replaced. */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '../errors.ts';

/**
 * Decodes as UTF-8, or by any label of the WHATWG encoding standard. A byte order mark stays.
 * @throws bad_request for bytes that are not of the charset; unsupported_type for an unknown one
 */
export function decodeText(bytes: Buffer, charset = 'utf-8'): string {
  if (isUtf8Label(charset)) {
    if (!isUtf8(bytes)) throw new Refusal('bad_request', 'The request holds bytes that are not UTF-8 text');
    return bytes.toString('utf8');
  }
  const decoder = decoderFor(charset, bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Refusal('bad_request', `The request holds bytes that are not ${charset} text`);
  }
}

/** As `decodeText`, for a whole body: a byte order mark at its start is skipped. */
export function decodeBody(bytes: Buffer, charset: string | undefined): string {
  const text = decodeText(bytes, charset);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

const isUtf8Label = (charset: string) => /^\s*(utf-?8|us-ascii|ascii)?\s*$/i.test(charset);

function decoderFor(charset: string, bytes: Buffer): TextDecoder {
  // `utf-16` leaves the order of bytes to the mark; the standard reads it as little-endian.
  const isBigEndian = /^utf-?16$/i.test(charset.trim()) && bytes[0] === 0xfe && bytes[1] === 0xff;
  try {
    return new TextDecoder(isBigEndian ? 'utf-16be' : charset, { fatal: true, ignoreBOM: true });
  } catch {
    throw new Refusal('unsupported_type', `The charset ${charset} is not known here. Send UTF-8.`);
  }
}
