/** Errors of backups and restores whose message says what is wrong and what to do. */

/** A backup was not made, or nothing was restored. */
export class BackupFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupFailed';
  }
}

/** The archive is not what a backup has written. */
export const damaged = (detail: string, cause?: unknown): BackupFailed =>
  new BackupFailed(`The archive is damaged: ${detail}. Use another backup; nothing was restored.`, { cause });

/** The archive ends early. */
export const truncated = (cause?: unknown): BackupFailed =>
  new BackupFailed(
    'The archive ends before its manifest: it was cut off, or its copy is not complete. Copy it again; nothing was restored.',
    { cause },
  );
