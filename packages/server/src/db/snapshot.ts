/** The whole database as of one moment, for `hoory backup`. It reads a database of any version, and migrates nothing. */
export interface DatabaseSnapshot {
  readonly engine: 'sqlite' | 'postgres';
  /** The number of the last migration. */
  readonly schemaVersion: number;
  /** Major versions of the PostgreSQL server and of the `pg_dump` that copies it; undefined on SQLite. */
  readonly postgres: { server: number; pg_dump: number } | undefined;
  /** Bytes of the database, about; for progress. */
  readonly size: number;
  /** SQLite's file, or a dump of PostgreSQL in its custom format. */
  bytes(): AsyncIterable<Buffer>;
  /** The number of rows of every table. */
  counts(): Promise<Record<string, number>>;
  /** The first column of the rows of `query`. */
  texts(query: string): AsyncIterable<string>;
  close(): Promise<void>;
}

export interface SnapshotOptions {
  /** A file that may be written meanwhile, and does not exist yet. */
  scratch: string;
  signal?: AbortSignal;
}
