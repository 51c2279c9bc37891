/**
 * `echo_id` makes a post idempotent: in one conversation, the same text from the same sender names the same message
 * (decisions.md 7).
 */
import type { MessageRow } from '../db/tables.ts';
import type { Upload } from '../http/upload.ts';
import { sha256 } from '../secrets.ts';

/** An echo key in its conversation. */
export interface EchoKey {
  conversation_id: number;
  echo_key: string | null;
}

/** One text for an echo key in its conversation, by which a batch finds repeats. */
export const echoNameOf = ({ conversation_id, echo_key }: EchoKey): string =>
  `${conversation_id} ${echo_key}`;

/** What the hash of a request covers: a repeat must have the same content. */
export interface HashedContent {
  content: string | null;
  files: readonly Upload[];
  /** Other fields of the request; JSON. */
  rest?: unknown;
}

/** Columns for an `echo_id`; none when it is absent or blank. @param sender `c` for the contact, `u<id>` or `b<id>` */
export function echoColumns(
  sender: string,
  echo_id: string | number | undefined,
  { content, files, rest }: HashedContent,
): Partial<MessageRow> {
  if (echo_id === undefined || String(echo_id).trim() === '') return {};
  const described = files.map(({ file_name, sha256: hash }) => [file_name, hash]);
  return {
    echo_id: JSON.stringify(echo_id),
    echo_key: `${sender}:${echo_id}`,
    request_hash: sha256(JSON.stringify([content, described, rest])),
  };
}
