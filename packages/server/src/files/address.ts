/** URLs of stored files: signed, hard to guess, valid while the file is stored. They end in the file's name. */
import type { App } from '../app.ts';
import { hmacName, isSame } from '../secrets.ts';

/** An attachment's file, its thumbnail, or a file of the table `blobs`. */
export type Variant = 'file' | 'thumb' | 'blob';

const signature = (app: App, id: number, variant: Variant) =>
  hmacName(app.installation.key, `${variant}:${id}`, 24);

/** The absolute URL of a file. @param id of the attachment or blob */
export function fileAddress(app: App, id: number, variant: Variant, file_name: string): string {
  return `${app.url()}/files/${variant}/${id}/${signature(app, id, variant)}/${encodeURIComponent(file_name)}`;
}

/** Whether this is the signature in the URL of the file. */
export const isSigned = (app: App, id: number, variant: Variant, text: string) =>
  isSame(signature(app, id, variant), text);
