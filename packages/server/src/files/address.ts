/** Addresses of stored files: signed, unguessable, valid while the file lives, ending in the file's name. */
import type { App } from '../app.ts';
import { hmacName, isSame } from '../secrets.ts';

export type Variant = 'file' | 'thumb' | 'blob';

const signature = (app: App, id: number, variant: Variant) =>
  hmacName(app.installation.key, `${variant}:${id}`, 24);

/** Absolute address of an attachment's file or thumbnail. */
export function fileAddress(app: App, id: number, variant: Variant, file_name: string): string {
  return `${app.url()}/files/${variant}/${id}/${signature(app, id, variant)}/${encodeURIComponent(file_name)}`;
}

export const isSigned = (app: App, id: number, variant: Variant, given: string) =>
  isSame(signature(app, id, variant), given);
