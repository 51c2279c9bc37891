/** Removal of stored files that are not used. */
import type { App } from '../app.ts';
import type { Upload } from '../http/upload.ts';

/**
 * Removes files that no row refers to. Never rejects: while the store cannot be reached the files stay, and the sweep finds
 * them later.
 */
export async function discardFiles(
  { files, log }: Pick<App, 'files' | 'log'>,
  keys: readonly (string | null)[],
): Promise<void> {
  for (const key of keys)
    if (key !== null)
      await files
        .remove(key)
        .catch((err) => log.warn({ err }, 'a file could not be removed, it is tried again later'));
}

/** Removes the uploads of a request that no row refers to. */
export const discardUnused = (app: App, uploads: readonly Upload[]): Promise<void> =>
  discardFiles(
    app,
    uploads.filter(({ isUsed: kept }) => !kept).map(({ key }) => key),
  );
