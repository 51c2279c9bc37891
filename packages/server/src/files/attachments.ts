/** Uploads to attachments: type and name, and for pictures their size and a thumbnail. */
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
/** Larger pictures are served as they are: decoding one could take all the memory of a small machine. */
const maxPixels = 50_000_000;

/** Describes stored uploads. Thumbnails join `uploads`, so that they share the fate of the request. */
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

/** What the first bytes say; undefined when they say nothing. */
async function sniff(app: App, key: string) {
  const stream = await app.files.open(key);
  if (!stream) return undefined;
  const { fileTypeFromStream } = await import('file-type/node');
  return fileTypeFromStream(stream).finally(() => stream.destroy());
}

/** The first bytes of a stored file, at most `headBytes`; none when it is gone. */
export async function readHead(app: App, { key, size }: Pick<Upload, 'key' | 'size'>): Promise<Buffer> {
  const stream = size
    ? await app.files.open(key, { start: 0, end: Math.min(size, headBytes) - 1 })
    : undefined;
  return Buffer.concat(stream ? await stream.toArray() : []);
}

/** Characters of a file's name. */
const maxNameLength = 200;
/** Controls, ends of lines, and marks of direction, which make a name look like another (`gpj.exe` for `exe.jpg`). */
const deceptive = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The last segment of the client's name without what deceives; cut before its extension; with `missing` when it has none. */
function nameOf(given: string, missing: string | undefined): string {
  const name = (given.toWellFormed().split(/[\\/]/).pop() ?? '').replace(deceptive, '').trim() || 'file';
  const extension = extname(name);
  if ([...extension].length > 20) return cut(name, maxNameLength);
  const stem = cut(name.slice(0, name.length - extension.length), maxNameLength - extension.length);
  return `${stem}${extension || (missing ? `.${missing}` : '')}`;
}

export const thumbType = 'image/webp';

/** The name of a picture's thumbnail: the picture's, with the extension of its own type, from which clients derive that. */
export const thumbName = (file_name: string): string => `${parse(file_name).name}.webp`;

interface Picture {
  width: number;
  height: number;
  thumb_key: string;
}

/** Size and thumbnail; undefined when the picture cannot be decoded, or `sharp` has no binary for this machine. */
async function measure(app: App, upload: Upload, uploads: Upload[]): Promise<Picture | undefined> {
  try {
    const { width, height, orientation = 1, thumb } = await app.files.lend(upload.key, makeThumb);
    if (!width || !height) return undefined;
    const thumb_key = await app.files.put([thumb]);
    uploads.push({ ...upload, key: thumb_key, size: thumb.length, content_type: thumbType });
    // Orientations above 4 lie on their side.
    return orientation > 4 ? { width: height, height: width, thumb_key } : { width, height, thumb_key };
  } catch (error) {
    app.log.debug({ err: error }, 'picture could not be read');
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
