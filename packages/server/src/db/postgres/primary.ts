/**
 * Connections to the PostgreSQL that takes writes. An address may lead to a standby: a balancer follows a failover late, and
 * `DATABASE_URL` may name several servers. A standby would answer reads with an older state, and refuse writes for as long as the
 * connection lives; so each connection asks once, when it is made, whether its server takes writes.
 */
import pg from 'pg';
import { splitDatabaseUrl } from '../../database-url.ts';
import { withTimeout } from '../timeout.ts';

/** A server that accepts connections, but no writes. */
export class ReadOnlyServer extends Error {
  constructor() {
    super('the server is a standby, or read-only');
    this.name = 'ReadOnlyServer';
  }
}

/** Each server of an address with several is asked for this long. The pools wait longer for a connection. */
const searchTimeoutMs = 4000;
/** After the first server that takes writes, others may still say that they took over later. */
const laterAnswersMs = 300;
const checkTimeoutMs = 5000;

/** PostgreSQL resets its statistics when it recovers from a crash, and each server has statistics and a start of its own. */
const checkQuery = `select current_setting('transaction_read_only') = 'on' as "isReadOnly",
  concat_ws(' ', pg_postmaster_start_time(), (select stats_reset from pg_stat_bgwriter)) as incarnation`;

interface ServerCheck {
  isReadOnly: boolean;
  incarnation: string;
}

interface PrimaryClientConfig extends pg.ClientConfig {
  /** Whether an address with one server may lead to one that is read-only, as for a command that reads. */
  acceptsReadOnly?: boolean;
}

/** A connection to the server of `connectionString` that takes writes. `connect` throws `ReadOnlyServer` where none does. */
export class PrimaryClient extends pg.Client {
  readonly #url: string;
  readonly #acceptsReadOnly: boolean;
  #incarnation = '';

  constructor({ acceptsReadOnly = false, ...config }: PrimaryClientConfig = {}) {
    const url = config.connectionString ?? '';
    super({ ...config, connectionString: splitDatabaseUrl(url)[0] });
    this.#url = url;
    this.#acceptsReadOnly = acceptsReadOnly;
    // The connection may break while it is checked, before its owner listens. Without a listener that ends the process.
    this.on('error', () => {});
  }

  /** Differs after a crash of the server, and on a server that took over: both may give out ids of transactions again. */
  get incarnation(): string {
    return this.#incarnation;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error?: Error) => void): void;
  override connect(callback?: (error?: Error) => void): Promise<pg.Client> | void {
    const connected = this.#connect();
    if (!callback) return connected;
    connected.then(() => callback(), callback);
  }

  async #connect(): Promise<pg.Client> {
    try {
      Object.assign(this, await findPrimary(this.#url));
      await super.connect();
      const checked = await withTimeout(this.query<ServerCheck>(checkQuery), checkTimeoutMs);
      if (!checked?.rows[0]) throw new Error('the server did not answer');
      if (checked.rows[0].isReadOnly && !this.#acceptsReadOnly) throw new ReadOnlyServer();
      this.#incarnation = checked.rows[0].incarnation;
      return this;
    } catch (error) {
      primaries.delete(this.#url);
      // A pool forgets a client that failed to connect, and does not end it.
      this.end().catch(() => {});
      throw error;
    }
  }
}

interface ServerAddress {
  host: string;
  port: number;
}

/** The server that takes writes, by the address with several servers, until a connection to it fails. */
const primaries = new Map<string, Promise<ServerAddress>>();

/** @returns nothing for an address with one server */
async function findPrimary(url: string): Promise<ServerAddress | undefined> {
  const urls = splitDatabaseUrl(url);
  if (urls.length === 1) return undefined;
  const known = primaries.get(url) ?? search(urls);
  primaries.set(url, known);
  return known;
}

interface FoundServer extends ServerAddress {
  timeline: string;
}

/** Asks all servers at once, so that a silent one delays nothing. @throws why each server cannot be used */
async function search(urls: readonly string[]): Promise<ServerAddress> {
  const found: FoundServer[] = [];
  const searches = urls.map(async (url) => void found.push(await askServer(url)));
  await Promise.any(searches).catch((error: AggregateError) => {
    throw new Error(`no server takes writes: ${error.errors.map(reasonOf).join('; ')}`);
  });
  // A former primary that was started again takes writes too, on the timeline that the standby has left behind.
  await withTimeout(Promise.allSettled(searches), laterAnswersMs);
  const { host, port } = found.reduce((best, one) => (one.timeline > best.timeline ? one : best));
  return { host, port };
}

async function askServer(connectionString: string): Promise<FoundServer> {
  const client = new PrimaryClient({ connectionString, connectionTimeoutMillis: searchTimeoutMs });
  try {
    await client.connect();
    const { rows } = await client.query<{ timeline: string }>(
      'select left(pg_walfile_name(pg_current_wal_lsn()), 8) as timeline',
    );
    return { host: client.host, port: client.port, timeline: rows[0]?.timeline ?? '' };
  } catch (error) {
    throw new Error(`${placeOf(connectionString)}: ${reasonOf(error)}`);
  } finally {
    client.end().catch(() => {});
  }
}

/** The servers of an address, without its password. */
export const placeOf = (url: string): string =>
  splitDatabaseUrl(url)
    .map((one) => new pg.Client({ connectionString: one }))
    .map(({ host, port }) => (host.startsWith('/') ? host : `${host}:${port}`))
    .join();

/** The text of an error. `localhost` has several addresses; the error of each attempt is a part of one without a message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : 'unknown';
}
