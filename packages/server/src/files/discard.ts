/** Removal of unused files from the file store. */
import type { App } from '../app.ts';
import type { Upload } from '../http/upload.ts';

/**
 * Removes files that no row refers to. Never rejects: a file that cannot be removed now is removed later by the sweep
 * (`sweep.ts`).
 */
export async function discardFiles(
  { files, log }: Pick<App, 'files' | 'log'>,
  keys: readonly (string | null)[],
): Promise<void> {
  for (const key of keys)
    if (key !== null)
      await files
        .remove(key)
        .catch((err) => log.warn({ err }, 'a file could not be removed; the sweep will try again'));
}

/** Removes the uploads of a request that no row refers to. */
export const discardUnused = (app: App, uploads: readonly Upload[]): Promise<void> =>
  discardFiles(
    app,
    uploads.filter(({ isUsed }) => !isUsed).map(({ key }) => key),
  );
