/** What makes a send idempotent: `echo_id` counts per conversation and sender, by its string form (decisions.md 7). */
import type { MessageRow } from '../db/tables.ts';
import type { Upload } from '../http/upload.ts';
import { sha256 } from '../secrets.ts';

export interface Echoed {
  content: string | null;
  files: readonly Upload[];
  /** What else distinguishes one message from another. */
  rest?: unknown;
}

/** Columns for an `echo_id`; none when it is absent or blank. */
export function echoColumns(
  sender: string,
  echo_id: string | number | undefined,
  { content, files, rest }: Echoed,
): Partial<MessageRow> {
  if (echo_id === undefined || String(echo_id).trim() === '') return {};
  const described = files.map(({ file_name, sha256: hash }) => [file_name, hash]);
  return {
    echo_id: JSON.stringify(echo_id),
    echo_key: `${sender}:${echo_id}`,
    request_hash: sha256(JSON.stringify([content, described, rest])),
  };
}
