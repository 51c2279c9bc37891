/** Checks of the database: whether it answers, its versions, its locks, and whether a crash could lose commits. */
import type { Config } from '../config.ts';
import { codeOf } from '../db/database-failed.ts';
import { needsVacuum } from '../db/free-space.ts';
import { pendingMigrations } from '../db/migrations.ts';
import { sqlitePath } from '../db/open.ts';
import { inspectPostgres, type PostgresFacts } from '../db/postgres/inspect.ts';
import { type InspectOptions, inspectSqlite, type SqliteFacts } from '../db/sqlite/inspect.ts';
import { judgeClock } from './clock.ts';
import { failed, okUnless, reasonOf, type Verdict, warning } from './findings.ts';

export interface DatabaseReport {
  verdicts: Verdict[];
  /** Whether it has the schema of this version, so that its tables can be read. */
  isCurrent: boolean;
  /** Of the clock of PostgreSQL; SQLite has none. */
  clock: Verdict | undefined;
}

const gigabyte = 1024 ** 3;

/** The content of larger files is checked only when the caller asks for it: a check reads the whole file. */
export const checkedBytes = 2 * gigabyte;
/** Log of a file that no checkpoint could shorten: the server cuts it to 64 MB. */
const longWalBytes = 512 * 1024 * 1024;

/** @throws errors of the drivers, such as those of a database that does not exist */
export async function inspectDatabase(
  config: Pick<Config, 'data' | 'databaseUrl'>,
  options: InspectOptions,
): Promise<DatabaseReport> {
  if (!config.databaseUrl) return reportSqlite(inspectFile(sqlitePath(config.data), options));
  const facts = await inspectPostgres(config.databaseUrl);
  return reportPostgres(facts);
}

/** A file whose first pages are damaged cannot be read at all. */
function inspectFile(path: string, options: InspectOptions): SqliteFacts | undefined {
  try {
    return inspectSqlite(path, options);
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error))) throw error;
    const nothing = { version: '', schema: 0, fileBytes: 0, walBytes: 0, freeBytes: 0 };
    return { ...nothing, canShrink: true, isLocked: false, damage: reasonOf(error) };
  }
}

function reportSqlite(facts: SqliteFacts | undefined): DatabaseReport {
  if (!facts)
    return {
      verdicts: [
        warning({
          found: 'There is no database in HOORY_DATA yet',
          breaks: 'Nothing, before the first start; otherwise the server uses another folder',
          change: 'HOORY_DATA=<the folder of the server>, or start the server once',
        }),
      ],
      isCurrent: false,
      clock: undefined,
    };
  // The schema of a file that cannot be read is not known.
  const schema = facts.version ? judgeSchema('sqlite', facts.schema) : [];
  const faults = [...schema, ...judgeSqlite(facts)];
  const checked = facts.damage === 'unchecked' ? 'not checked (hoory doctor --integrity does)' : 'sound';
  return {
    verdicts: okUnless(
      faults,
      `SQLite ${facts.version}, schema ${facts.schema}, ${Math.ceil(facts.fileBytes / 1024 ** 2)} MB, content ${checked}`,
    ),
    isCurrent: facts.version !== '' && !schema.length,
    clock: undefined,
  };
}

export function judgeSqlite(facts: SqliteFacts): Verdict[] {
  const { walBytes, freeBytes, isLocked, damage } = facts;
  const faults: Verdict[] = [];
  if (isLocked)
    faults.push(
      failed({
        found: 'Another program holds the lock for writing on the SQLite file',
        breaks: 'Messages and all other writes wait, and are refused after some seconds',
        change:
          'End that program: `fuser -v` on hoory.sqlite names it. Copy the file only with `hoory backup`',
      }),
    );
  if (walBytes > longWalBytes)
    faults.push(
      warning({
        found: `The log of the SQLite file (hoory.sqlite-wal) has ${Math.round(walBytes / 1024 ** 2)} MB`,
        breaks: 'Reads get slower, and the disk fills',
        change: 'End programs that keep a read of the file open, or restart the server',
      }),
    );
  if (needsVacuum(facts))
    faults.push(
      warning({
        found: `${Math.round(freeBytes / 1024 ** 2)} MB of the SQLite file are free, and a file of an older version cannot shrink`,
        breaks: 'Nothing: new rows use them. The disk does not get them back',
        change: 'Stop the server, run `hoory vacuum` once, and start the server again',
      }),
    );
  if (damage !== undefined && damage !== 'unchecked')
    faults.push(
      failed({
        found: `The SQLite file is damaged: ${damage}`,
        breaks: 'Reads and writes of the damaged part fail, and more may be lost',
        change: 'Stop the server, keep the file, and restore the last backup into an empty HOORY_DATA',
      }),
    );
  return faults;
}

/** Whether the database has the schema of this version. */
export function judgeSchema(dialect: 'sqlite' | 'postgres', schema: number): Verdict[] {
  try {
    const pending = pendingMigrations(dialect, schema).length;
    if (!pending) return [];
    return [
      warning({
        found: `The database has schema ${schema}, and this version of Hoory adds ${pending} migrations`,
        breaks: 'Nothing until the start of this version, which migrates: older versions cannot use it then',
        change: 'Back up, then start this version; or run the doctor of the version that serves',
      }),
    ];
  } catch (error) {
    const change = 'Run the version of Hoory that the text names';
    return [failed({ found: reasonOf(error), breaks: 'This version does not start', change })];
  }
}

function reportPostgres(facts: PostgresFacts): DatabaseReport {
  const schema = judgeSchema('postgres', facts.schema);
  const faults = [...schema, ...judgePostgres(facts)];
  const { version, roundTripMs, connections, maxConnections } = facts;
  return {
    verdicts: okUnless(
      faults,
      `PostgreSQL ${version}, schema ${facts.schema}, answers in ${roundTripMs.toFixed(1)} ms, ${connections} of ${maxConnections} connections`,
    ),
    isCurrent: !schema.length,
    clock: judgeClock(facts.clockAheadMs, 'PostgreSQL'),
  };
}

/** Connections of one node: five for reads, three for long reads, one that writes, one that listens. */
const connectionsOfNode = 10;
const slowRoundTripMs = 20;

export function judgePostgres(facts: PostgresFacts): Verdict[] {
  const { versionNumber, isReadOnly, unsafeSettings, connections, maxConnections } = facts;
  const faults: Verdict[] = [];
  if (versionNumber < 130_000)
    faults.push(
      failed({
        found: `PostgreSQL is ${facts.version}, Hoory needs 13 or newer`,
        breaks: 'Migrations and queries fail',
        change: 'Upgrade PostgreSQL',
      }),
    );
  if (isReadOnly)
    faults.push(
      failed({
        found: 'PostgreSQL is a standby, or read-only',
        breaks: 'Every write is refused with 503',
        change: 'DATABASE_URL=<the address of the primary>',
      }),
    );
  if (unsafeSettings.length)
    faults.push(
      warning({
        found: `PostgreSQL has ${unsafeSettings.join(', ')}`,
        breaks: 'A crash of its machine may lose messages that were acknowledged, or damage the database',
        change: 'Set these to on in postgresql.conf, for this database and its role too',
      }),
    );
  if (maxConnections - connections < connectionsOfNode)
    faults.push(
      warning({
        found: `${connections} of the ${maxConnections} connections of PostgreSQL are in use`,
        breaks: 'A node that starts, or restarts, may find none',
        change: 'Raise max_connections in postgresql.conf; a node takes ten',
      }),
    );
  return [...faults, ...judgeActivity(facts)];
}

function judgeActivity({ oldTransactions, waiting, roundTripMs, bloated }: PostgresFacts): Verdict[] {
  const faults: Verdict[] = [];
  const [oldest] = oldTransactions;
  if (oldest)
    faults.push(
      warning({
        found: `A transaction of "${oldest.application || 'unnamed'}" is open for ${Math.round(oldest.seconds)} seconds (${oldest.state})`,
        breaks:
          'PostgreSQL cannot remove old rows meanwhile: tables grow, and rows that it locked cannot be written',
        change: 'End it with pg_terminate_backend, and set idle_in_transaction_session_timeout for that role',
      }),
    );
  const [worst] = bloated;
  if (worst)
    faults.push(
      warning({
        found: `The table ${worst.table} has ${worst.dead} dead rows beside ${worst.live} live ones`,
        breaks: 'The table takes more of the disk than its rows, and reads of it get slower',
        change: `Keep autovacuum = on, end old transactions, then run: vacuum (analyze) ${worst.table}`,
      }),
    );
  const [waiter] = waiting;
  if (waiter)
    faults.push(
      failed({
        found: `${waiting.length} connections wait for locks, the first for ${Math.round(waiter.seconds)} seconds`,
        breaks: 'Messages wait for the same lock, and are refused after some seconds',
        change: 'Find the holder with pg_blocking_pids, and end it with pg_terminate_backend',
      }),
    );
  if (roundTripMs > slowRoundTripMs)
    faults.push(
      warning({
        found: `PostgreSQL answers in ${Math.round(roundTripMs)} ms`,
        breaks: 'Every request takes several round trips of that length',
        change: 'Put server and database into one data centre; DATABASE_URL must not lead over the internet',
      }),
    );
  return faults;
}
