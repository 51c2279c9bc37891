/**
 * The content type of a stored file, by the declared type and its bytes, and the type with which it is served (decisions.md 13).
 * Types that a browser would run, such as HTML and SVG, are served as downloads of `application/octet-stream`.
 */
import { isUtf8 } from 'node:buffer';
import { own } from '@hoory/contract';
import { essenceOf } from '../http/media-type.ts';

/** The type of files whose type is not known or not served. */
const unknown = 'application/octet-stream';

/** Other names of types in the lists below, as clients and `file-type` use them. */
const aliases: Readonly<Record<string, string>> = {
  'binary/octet-stream': unknown,
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/apng': 'image/png',
  'image/x-bmp': 'image/bmp',
  'image/x-ms-bmp': 'image/bmp',
};

const pictures = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/bmp', 'image/webp', 'image/avif']);
const videos = new Set(['video/ogg', 'video/mp4', 'video/webm', 'video/quicktime']);
/** Without `+`: a browser opens any type that ends in `+xml` as a document. */
const isSound = (type: string) => /^audio\/[\w.-]+$/.test(type);
const isMedia = (type: string) => /^(audio|video)\/|^application\/ogg$/.test(type);
const isTextual = (type: string) =>
  /^text\/|^application\/(json|xml|(x-)?javascript)$|\+(json|xml)$/.test(type);

/**
 * The type without parameters, by its usual name; `unknown` unless valid by RFC 6838 section 4.2, such as `image/*` of mobile
 * clients.
 */
function knownType(header: string): string {
  const type = essenceOf(header);
  if (!/^[a-z\d][\w!#$&^.+-]{0,126}\/[a-z\d][\w!#$&^.+-]{0,126}$/.test(type)) return unknown;
  return own(aliases, type) ?? type;
}

export interface Bytes {
  /** The type by the signature in the first bytes; undefined without one. */
  sniffed: string | undefined;
  /** Result of `isText`; called only when the type depends on it. */
  isText: () => Promise<boolean>;
}

/**
 * The type of a file, without parameters. For types that browsers show inline (pictures, sound, video, text) the bytes decide; for
 * other types the declared one counts. A media container may have sound or video: there the declared one of both counts.
 */
export async function contentTypeOf(declared: string, { sniffed = '', isText }: Bytes): Promise<string> {
  const type = knownType(declared);
  const sniffedType = knownType(sniffed);
  if (type === unknown || pictures.has(type)) return sniffedType;
  if (isTextual(type)) return (await isText()) ? type : sniffedType;
  if (!isSound(type) && !videos.has(type)) return type;
  if (isMedia(sniffedType)) return type;
  // Some sound formats have no known signature, so binary data is accepted. Text is not: it is a playlist of URLs.
  return sniffedType === unknown && !(await isText()) ? type : sniffedType;
}

/** The extension, without dot, for a name that has none; undefined when no extension is known for the type. */
export function extensionFor(
  content_type: string,
  sniffed: { mime: string; ext: string } | undefined,
): string | undefined {
  const sound = own(soundOnly, content_type);
  if (sound) return sound;
  const type = knownType(sniffed?.mime ?? '');
  return type === content_type || (isMedia(type) && isMedia(content_type)) ? sniffed?.ext : undefined;
}

/** Extensions of media containers without video. */
const soundOnly: Readonly<Record<string, string>> = { 'audio/mp4': 'm4a', 'audio/webm': 'weba' };

/** The `file_type` of an attachment (client-api.md 5.12); AVIF counts as a picture. */
export function fileTypeOf(content_type: string): 'image' | 'video' | 'audio' | 'file' {
  if (pictures.has(content_type)) return 'image';
  if (videos.has(content_type)) return 'video';
  return isSound(content_type) ? 'audio' : 'file';
}

/** Types of downloads that are served as declared, because browsers do not run them. */
const inert = /^(application\/(pdf|json)|text\/csv|image\/(heic|heif|tiff))$/;

/** Whether a browser may show the type inline. */
const isInlineType = (type: string) =>
  type === 'text/plain' || pictures.has(type) || videos.has(type) || isSound(type);

/** Whether `servingOf` needs the file's first bytes, to find out whether its text is UTF-8. */
export const needsHead = (type: string): boolean =>
  isTextual(type) && (isInlineType(type) || inert.test(type));

/** The `Content-Type` of the response, and whether it is shown inline. @param head the first `headBytes` bytes of the file */
export function servingOf(content_type: string, head: Buffer): { type: string; isInline: boolean } {
  const isInline = isInlineType(content_type);
  if (!isInline && !inert.test(content_type)) return { type: unknown, isInline };
  const isUnicode = needsHead(content_type) && isUtf8(untilLastCharacter(head));
  return { type: isUnicode ? `${content_type}; charset=utf-8` : content_type, isInline };
}

/** Bytes of a text that are inspected: reading them costs little compared with serving the file. */
export const headBytes = 1024 * 1024;

/**
 * Whether a file may be text: it begins with the mark of UTF-16, or has no byte that occurs in binary data only (WHATWG mimesniff,
 * 7.2).
 */
export function isText(head: Buffer): boolean {
  const isUtf16 = /^(fffe|feff)/.test(head.toString('hex', 0, 2));
  return isUtf16 || !head.some((byte) => byte < 32 && !textControls.has(byte));
}

/** Tab, line feed, form feed, carriage return, escape. */
const textControls = new Set([9, 10, 12, 13, 27]);

/** The head without its last character, which may be incomplete when the head is full. */
function untilLastCharacter(head: Buffer): Buffer {
  if (head.length < headBytes) return head;
  let end = head.length;
  while (end > head.length - 4 && ((head[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return head.subarray(0, end - 1);
}
