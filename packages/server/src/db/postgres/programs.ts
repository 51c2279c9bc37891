/** PostgreSQL's own programs `pg_dump` and `pg_restore`: where they are, which version, and how they get the address. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { splitDatabaseUrl } from '../../database-url.ts';
import { CannotCopy } from '../cannot-copy.ts';

export interface PostgresProgram {
  path: string;
  /** The major version. */
  version: number;
}

/** Debian installs the programs of each version here, and only a few of them into PATH. */
const debianFolder = '/usr/lib/postgresql';

/**
 * The oldest `name` in PATH and in Debian's folders whose version is at least `version`: an older one refuses the database, and the
 * dump of a newer one may not suit its server.
 * @throws CannotCopy with what was found, and what to install
 */
export async function findProgram(
  name: 'pg_dump' | 'pg_restore',
  version: number,
  path = process.env.PATH ?? '',
): Promise<PostgresProgram> {
  const found: PostgresProgram[] = [];
  for (const folder of [...path.split(delimiter).filter(Boolean), ...debianFolders()]) {
    const program = await askVersion(join(folder, name));
    if (program) found.push(program);
  }
  const [suitable] = found
    .filter((program) => program.version >= version)
    .sort((a, b) => a.version - b.version);
  if (suitable) return suitable;
  const older = found.map((program) => `${program.path} is of version ${program.version}`).join(', ');
  throw new CannotCopy(
    `${name} of PostgreSQL ${version} or newer is needed, and ${older || `there is no ${name} in PATH or ${debianFolder}`}. ` +
      `Install it, on Debian with: apt install postgresql-client-${version}`,
  );
}

function debianFolders(): string[] {
  try {
    const versions = readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(debianFolder, version, 'bin'));
  } catch {
    return [];
  }
}

async function askVersion(path: string): Promise<PostgresProgram | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version']);
    const [, major] = /\(PostgreSQL\) (\d+)/.exec(stdout) ?? [];
    return major === undefined ? undefined : { path, version: Number(major) };
  } catch {
    return undefined;
  }
}

/** Values of `sslmode` that only the driver has. */
const sslModes = new Map([
  ['no-verify', 'require'],
  ['true', 'require'],
]);

/**
 * The environment in which PostgreSQL's programs find the database at `url`. The address is no argument, because all users of
 * the machine see the arguments of its processes, and the address has a password.
 */
export function programEnv(url: string): NodeJS.ProcessEnv {
  const urls = splitDatabaseUrl(url);
  const clients = urls.map((connectionString) => new pg.Client({ connectionString }));
  const { user, database, password } = new pg.Client({ connectionString: urls[0] });
  const { searchParams } = new URL(urls[0] ?? url);
  const ssl = searchParams.get('sslmode') ?? searchParams.get('ssl');
  const files = { PGSSLROOTCERT: 'sslrootcert', PGSSLCERT: 'sslcert', PGSSLKEY: 'sslkey' };
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PGHOST: clients.map(({ host }) => host).join(),
    PGPORT: clients.map(({ port }) => port).join(),
    PGCONNECT_TIMEOUT: '10',
  };
  if (urls.length > 1) env.PGTARGETSESSIONATTRS = 'read-write';
  if (user) env.PGUSER = user;
  if (database) env.PGDATABASE = database;
  if (password) env.PGPASSWORD = password;
  if (ssl) env.PGSSLMODE = sslModes.get(ssl) ?? ssl;
  for (const [name, parameter] of Object.entries(files)) {
    const value = searchParams.get(parameter);
    if (value) env[name] = value;
  }
  return env;
}
