/** Makes attachments of uploads: finds type and name, and for pictures their size and a thumbnail. */
import { extname, parse } from 'node:path';
import { cut } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AttachmentRow } from '../db/tables.ts';
import type { Upload } from '../http/upload.ts';
import { contentTypeOf, extensionFor, fileTypeOf, headBytes, isText } from './content-type.ts';

export type NewAttachment = Omit<
  AttachmentRow,
  'id' | 'message_id' | 'conversation_id' | 'account_id' | 'created_at'
>;

/** Longest side of a thumbnail, in pixels. */
const thumbSize = 250;
/** Larger pictures get no thumbnail: decoding one could take all memory of a small machine. */
const maxPixels = 50_000_000;

/** Describes stored uploads, in their order. Adds thumbnails to `uploads`, so that they are deleted too when the request fails. */
export async function describeUploads(app: App, uploads: Upload[]): Promise<NewAttachment[]> {
  const described: NewAttachment[] = [];
  for (const upload of [...uploads]) described.push(await describe(app, upload, uploads));
  return described;
}

async function describe(app: App, upload: Upload, uploads: Upload[]): Promise<NewAttachment> {
  const sniffed = await sniff(app, upload.key);
  const content_type = await contentTypeOf(upload.content_type, {
    sniffed: sniffed?.mime,
    isText: async () => isText(await readHead(app, upload)),
  });
  const file_type = fileTypeOf(content_type);
  const picture = file_type === 'image' ? await measure(app, upload, uploads) : undefined;
  const file_name = nameOf(upload.file_name, extensionFor(content_type, sniffed));
  return {
    file_type,
    file_key: upload.key,
    thumb_key: picture?.thumb_key ?? null,
    file_name,
    content_type,
    extension: extname(file_name).slice(1).toLowerCase() || null,
    file_size: upload.size,
    width: picture?.width ?? null,
    height: picture?.height ?? null,
    fallback_title: null,
    coordinates_lat: null,
    coordinates_long: null,
    external_url: null,
    meta: '{}',
  };
}

/** Type and extension by the first bytes of the file; undefined when they have no known signature. */
async function sniff(app: App, key: string) {
  const stream = await app.files.open(key);
  if (!stream) return undefined;
  const { fileTypeFromStream } = await import('file-type/node');
  return fileTypeFromStream(stream).finally(() => stream.destroy());
}

/** The first bytes of a stored file, at most `headBytes`; an empty buffer when it does not exist. */
export async function readHead(app: App, { key, size }: Pick<Upload, 'key' | 'size'>): Promise<Buffer> {
  const stream = size
    ? await app.files.open(key, { start: 0, end: Math.min(size, headBytes) - 1 })
    : undefined;
  return Buffer.concat(stream ? await stream.toArray() : []);
}

/** Characters. */
const maxNameLength = 200;
/** Control characters, line separators, and direction marks, which can make the name `gpj.exe` look like `exe.jpg`. */
const deceptive = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The last segment of the client's file name, without deceptive characters, and cut before its extension. A name without extension
 * gets `fallbackExtension`.
 */
function nameOf(clientName: string, fallbackExtension: string | undefined): string {
  const name = (clientName.toWellFormed().split(/[\\/]/).pop() ?? '').replace(deceptive, '').trim() || 'file';
  const extension = extname(name);
  if ([...extension].length > 20) return cut(name, maxNameLength);
  const stem = cut(name.slice(0, name.length - extension.length), maxNameLength - extension.length);
  return `${stem}${extension || (fallbackExtension ? `.${fallbackExtension}` : '')}`;
}

export const thumbType = 'image/webp';

/**
 * The name of a picture's thumbnail: the picture's name with the extension of the thumbnail, as some clients derive the type from
 * it.
 */
export const thumbName = (file_name: string): string => `${parse(file_name).name}.webp`;

interface Picture {
  width: number;
  height: number;
  thumb_key: string;
}

/**
 * Reads the size and stores a thumbnail; undefined when the picture cannot be decoded, or `sharp` has no binary for this platform.
 */
async function measure(app: App, upload: Upload, uploads: Upload[]): Promise<Picture | undefined> {
  try {
    const { width, height, orientation = 1, thumb } = await app.files.lend(upload.key, makeThumb);
    if (!width || !height) return undefined;
    const thumb_key = await app.files.put([thumb]);
    uploads.push({ ...upload, key: thumb_key, size: thumb.length, content_type: thumbType });
    // EXIF orientations 5 to 8 swap width and height.
    return orientation > 4 ? { width: height, height: width, thumb_key } : { width, height, thumb_key };
  } catch (error) {
    app.log.debug({ err: error }, 'no thumbnail: the picture could not be decoded');
    return undefined;
  }
}

async function makeThumb(path: string) {
  const { default: sharp } = await import('sharp');
  const image = sharp(path, { limitInputPixels: maxPixels }).rotate();
  const { width, height, orientation } = await image.metadata();
  const thumb = await image
    .resize(thumbSize, thumbSize, { fit: 'inside', withoutEnlargement: true })
    .webp()
    .toBuffer();
  return { width, height, orientation, thumb };
}
