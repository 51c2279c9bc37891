/** A file that came with a request, streamed to the store. It is removed after the request unless a verb keeps it. */
export interface Upload {
  /** The form field it came in, without trailing brackets. */
  field: string;
  key: string;
  file_name: string;
  /** As the client declared it. */
  content_type: string;
  /** Bytes. */
  size: number;
  sha256: string;
  /** Set by the verb that has made it part of something stored. */
  kept: boolean;
}
