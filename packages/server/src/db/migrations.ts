/**
 * Numbered migrations, which `sqlite/migrate.ts` and `postgres/migrate.ts` run at the start. The first one, the baseline, makes
 * the whole schema of version 0.1.0; what comes after changes it. `NNNN_name.sql` is for both databases,
 * `NNNN_name.sqlite.sql` and `NNNN_name.postgres.sql` for one.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The database was written by a newer Hoory. */
export class NewerDatabase extends Error {
  constructor(found: number, known: number) {
    super(
      `The database is at version ${found}, this Hoory knows up to ${known}. Start the newer version again, or restore a backup.`,
    );
    this.name = 'NewerDatabase';
  }
}

/** The database was written by a build before the baseline, and lacks some of the migrations that the baseline replaced. */
export class OlderDatabase extends Error {
  constructor(found: number) {
    super(
      `The database is at version ${found}, this Hoory needs version ${baseline} or newer. Start the last build of Hoory 0.1.0 ` +
        'on it once, which brings it there, then start this one again.',
    );
    this.name = 'OlderDatabase';
  }
}

export interface Migration {
  version: number;
  sql: string;
}

/**
 * The version that the baseline makes. Builds before it came to the same schema by 50 single migrations, of which 120 was the
 * last: their databases of version 120 have the baseline.
 */
const baseline = 120;

const folder = new URL('./migrations/', import.meta.url);

/** @returns the migrations that a database of version `current` lacks; 0 is an empty one. @throws NewerDatabase, OlderDatabase */
export function pendingMigrations(dialect: 'sqlite' | 'postgres', current: number): Migration[] {
  const migrations = readMigrations(dialect);
  const known = latestVersion(dialect);
  if (current > known) throw new NewerDatabase(current, known);
  if (current > 0 && current < baseline) throw new OlderDatabase(current);
  return migrations.filter(({ version }) => version > current);
}

/** The version to which the migrations bring a database. */
export const latestVersion = (dialect: 'sqlite' | 'postgres'): number =>
  readMigrations(dialect).at(-1)?.version ?? 0;

function readMigrations(dialect: 'sqlite' | 'postgres'): Migration[] {
  return readdirSync(folder)
    .map((file) => /^(\d{4})_\w+(?:\.(sqlite|postgres))?\.sql$/.exec(file))
    .filter((match) => match !== null)
    .filter(([, , only]) => !only || only === dialect)
    .map(([file, number]) => ({ version: Number(number), sql: readFileSync(new URL(file, folder), 'utf8') }))
    .sort((a, b) => a.version - b.version);
}
