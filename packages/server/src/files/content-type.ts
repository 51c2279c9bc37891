/**
 * Which type a stored file has, by what its sender declared and what its bytes say, and how a browser may get it
 * (decisions.md 13). Everything that a browser would run is a download of no known type.
 */
import { isUtf8 } from 'node:buffer';
import { own } from '@hoory/contract';
import { essenceOf } from '../http/media-type.ts';

/** The type of bytes that nobody knows. */
const unknown = 'application/octet-stream';

/** Other names that senders and sniffers have for types in the lists below. An animated PNG is a PNG. */
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
/** A browser reads every type that ends in `+xml` as a page, whatever it begins with. */
const isSound = (type: string) => /^audio\/[\w.-]+$/.test(type);
const isMedia = (type: string) => /^(audio|video)\/|^application\/ogg$/.test(type);
const isTextual = (type: string) =>
  /^text\/|^application\/(json|xml|(x-)?javascript)$|\+(json|xml)$/.test(type);

/** Type and subtype as RFC 6838 (4.2) allows them; the unknown type for anything else, such as `image/*` of mobile clients. */
function knownType(header: string): string {
  const type = essenceOf(header);
  if (!/^[a-z\d][\w!#$&^.+-]{0,126}\/[a-z\d][\w!#$&^.+-]{0,126}$/.test(type)) return unknown;
  return own(aliases, type) ?? type;
}

export interface Bytes {
  /** What the first bytes are the mark of; undefined when they are none. */
  sniffed: string | undefined;
  /** By `isText`; asked only where it matters. */
  isText: () => Promise<boolean>;
}

/**
 * The type of a file without parameters. The declared one holds unless the bytes deny it where that matters: pictures,
 * sound, videos and text, which browsers show in place. A container may hold sound or video, so both are believed of it.
 */
export async function contentTypeOf(declared: string, { sniffed = '', isText }: Bytes): Promise<string> {
  const type = knownType(declared);
  const found = knownType(sniffed);
  if (type === unknown || pictures.has(type)) return found;
  if (isTextual(type)) return (await isText()) ? type : found;
  if (!isSound(type) && !videos.has(type)) return type;
  if (isMedia(found)) return type;
  // No sniffer knows every sound. A list of addresses to play is text.
  return found === unknown && !(await isText()) ? type : found;
}

/** The extension that a name without one gets, without the dot; undefined when none is known for the type. */
export function extensionFor(
  content_type: string,
  sniffed: { mime: string; ext: string } | undefined,
): string | undefined {
  const sound = own(soundOnly, content_type);
  if (sound) return sound;
  const found = knownType(sniffed?.mime ?? '');
  return found === content_type || (isMedia(found) && isMedia(content_type)) ? sniffed?.ext : undefined;
}

/** Extensions that say of a container that it holds no video. */
const soundOnly: Readonly<Record<string, string>> = { 'audio/mp4': 'm4a', 'audio/webm': 'weba' };

/** client-api.md 5.12; AVIF is a picture too. */
export function fileTypeOf(content_type: string): 'image' | 'video' | 'audio' | 'file' {
  if (pictures.has(content_type)) return 'image';
  if (videos.has(content_type)) return 'video';
  return isSound(content_type) ? 'audio' : 'file';
}

/** Downloads that name their type, because no browser runs it. */
const inert = /^(application\/(pdf|json)|text\/csv|image\/(heic|heif|tiff))$/;

/** Whether a browser may show it in place. */
const isShown = (type: string) =>
  type === 'text/plain' || pictures.has(type) || videos.has(type) || isSound(type);

/** Whether `servingOf` has to see a file's head, to tell whether text is UTF-8. */
export const needsHead = (type: string): boolean => isTextual(type) && (isShown(type) || inert.test(type));

/** How a file is served; `head` are its first bytes, up to `headBytes` of them. */
export function servingOf(content_type: string, head: Buffer): { type: string; isInline: boolean } {
  const isInline = isShown(content_type);
  if (!isInline && !inert.test(content_type)) return { type: unknown, isInline };
  const isUnicode = needsHead(content_type) && isUtf8(untilLastCharacter(head));
  return { type: isUnicode ? `${content_type}; charset=utf-8` : content_type, isInline };
}

/** As much of a text as is looked at: a read of this size costs little beside serving the file. */
export const headBytes = 1024 * 1024;

/** Whether a file may be text of any charset: UTF-16 by its mark, else no byte that only binary data has (WHATWG mimesniff, 7.2). */
export function isText(head: Buffer): boolean {
  const isUtf16 = /^(fffe|feff)/.test(head.toString('hex', 0, 2));
  return isUtf16 || !head.some((byte) => byte < 32 && !textControls.has(byte));
}

/** Tab, line feed, form feed, carriage return, escape. */
const textControls = new Set([9, 10, 12, 13, 27]);

/** Without a character of several bytes that the end of a full head may cut through. */
function untilLastCharacter(head: Buffer): Buffer {
  if (head.length < headBytes) return head;
  let end = head.length;
  while (end > head.length - 4 && ((head[end - 1] as number) & 0xc0) === 0x80) end--;
  return head.subarray(0, end - 1);
}
