/** Decodes bytes by the charset that the sender declared. A byte that is not of the charset is refused, never replaced. */
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
  if (decoder.encoding === 'windows-1252') return decodeWindows1252(bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Refusal('bad_request', `The request holds bytes that are not ${charset} text`);
  }
}

/** The characters of windows-1252 at 0x80 to 0x9f. Node 20 to 23 decode these bytes as latin1, where they are control characters. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const decodeWindows1252 = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replaceAll(/[\x80-\x9f]/g, (control) => windows1252.charAt(control.charCodeAt(0) - 0x80));

/** Like `decodeText`, for a whole body: skips a byte order mark at the start. */
export function decodeBody(bytes: Buffer, charset: string | undefined): string {
  const text = decodeText(bytes, charset);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

const isUtf8Label = (charset: string) => /^\s*(utf-?8|us-ascii|ascii)?\s*$/i.test(charset);

function decoderFor(charset: string, bytes: Buffer): TextDecoder {
  // With `utf-16` the byte order mark decides; the WHATWG standard reads the label as little-endian.
  const isBigEndian = /^utf-?16$/i.test(charset.trim()) && bytes[0] === 0xfe && bytes[1] === 0xff;
  try {
    return new TextDecoder(isBigEndian ? 'utf-16be' : charset, { fatal: true, ignoreBOM: true });
  } catch {
    throw new Refusal('unsupported_type', `The charset ${charset} is not known here. Send UTF-8.`);
  }
}
