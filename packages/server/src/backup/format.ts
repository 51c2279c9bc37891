/**
 * The contents of an archive, in this order: `backup.json`, which says what it is; the database in parts, `database/000001` and so
 * on; the files; `entries.txt` with hash, size and name of each entry before it, one a line; `manifest.json`. All is one tar archive,
 * compressed by gzip, then encrypted where there is a passphrase.
 */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { pathInStore } from '../files/store.ts';
import { damaged } from './failure.ts';

/** The version of this format. */
export const format = 1;

const Identity = Type.Object({
  /** The `format` that wrote the archive. */
  format: Type.Integer({ minimum: 1 }),
  /** The version of Hoory that wrote it. */
  program: Type.String(),
  engine: Type.Union([Type.Literal('sqlite'), Type.Literal('postgres')]),
  /** The number of the last migration of the database. */
  schema_version: Type.Integer(),
  /** Major versions of the PostgreSQL server and of the `pg_dump` that copied it. */
  postgres: Type.Optional(Type.Object({ server: Type.Integer(), pg_dump: Type.Integer() })),
  /** When the copy of the database began, ISO 8601. */
  created_at: Type.String(),
});
/** The header of an archive: its first entry. */
export type Identity = Static<typeof Identity>;

const Manifest = Type.Object({
  ...Identity.properties,
  /** Rows of each table. */
  counts: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
  /** Stored files. */
  files: Type.Integer({ minimum: 0 }),
  /** Files that rows name and that the store did not have. */
  missing_files: Type.Integer({ minimum: 0 }),
  /** `entries.txt`, and the sum of the sizes in it. */
  entries: Type.Object({
    count: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String(),
  }),
});
/** The contents of an archive: its last entry. */
export type Manifest = Static<typeof Manifest>;

export const identityName = 'backup.json';
export const listName = 'entries.txt';
export const manifestName = 'manifest.json';
/** Bytes of `backup.json` and `manifest.json` at most. */
export const maxJsonBytes = 1024 * 1024;

/** Names of the database's parts, of `partBytes` each except the last. */
export const partName = (number: number): string => `database/${`${number}`.padStart(6, '0')}`;
export const partBytes = 8 * 1024 * 1024;

export const fileName = (key: string): string => `files/${pathInStore(key)}`;

/** The number of a part of the database; undefined for another name. */
export function partIn(name: string): number | undefined {
  const [, digits] = /^database\/(\d{6,})$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The key of a file; undefined for another name. */
export function keyIn(name: string): string | undefined {
  const [, key] = /^files\/[\w-]{2}\/([\w-]{3,80})$/.exec(name) ?? [];
  return key !== undefined && fileName(key) === name ? key : undefined;
}

const readIdentity = Compile(Identity);
const readManifest = Compile(Manifest);

/** @returns undefined for any other text */
export function parseIdentity(text: string): Identity | undefined {
  const value = parse(text);
  return readIdentity.Check(value) ? value : undefined;
}

/** @throws BackupFailed */
export function parseManifest(text: string): Manifest {
  const value = parse(text);
  if (!readManifest.Check(value)) throw damaged('its manifest cannot be read');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
