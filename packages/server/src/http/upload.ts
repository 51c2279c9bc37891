/** A file of a request that is stored already. It is deleted after the request unless a verb uses it. */
export interface Upload {
  /** The form field, without trailing brackets. */
  field: string;
  key: string;
  file_name: string;
  /** As the client declared it. */
  content_type: string;
  /** Bytes. */
  size: number;
  sha256: string;
  /** Set by the verb once a committed row refers to it. */
  isUsed: boolean;
}
