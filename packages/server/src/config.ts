/** Reads environment and `.env` into one checked, frozen configuration. The start fails with a list of all invalid settings. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { own } from '@hoory/contract';
import ipaddr from 'ipaddr.js';
import { isDatabaseUrl } from './database-url.ts';

export interface Config {
  host: string;
  port: number;
  /** Absolute path of the folder that holds the database and uploads. */
  data: string;
  /** `postgres://...`, which may name several servers, or undefined for SQLite in `data`. */
  databaseUrl: string | undefined;
  /** The bus and the shared state of several nodes; without it each node reads the event log of the others. PostgreSQL only. */
  redisUrl: string | undefined;
  /** Public address without a trailing slash. */
  url: string;
  /** Largest uploaded file, in bytes. */
  maxFile: number;
  /** Bounds of the event log: the greatest age in milliseconds, and the number of events of a stream. */
  logKeep: { age: number; events: number };
  rateLimits: boolean;
  /** Addresses and CIDRs of proxies whose `X-Forwarded-For` is trusted. */
  trustedProxies: string[];
  /** Hosts and CIDRs that outgoing requests may reach although they are private. */
  webhookAllow: string[];
  /** The bucket for uploads; without it they are stored in a folder of `data`. */
  s3: S3Settings | undefined;
  /** Whether a start keeps a copy of the database before it migrates. */
  migrationCopy: boolean;
  /** Backups that `serve` makes by itself. */
  backup: BackupSettings | undefined;
  metricsToken: string | undefined;
  smtpUrl: string | undefined;
  logLevel: string;
}

export interface BackupSettings {
  /** Absolute path of the folder for archives. */
  folder: string;
  everyMs: number;
  /** Archives that are kept. */
  keep: number;
}

/** A bucket and its credentials. */
export interface S3Settings {
  /** Address of the service, without the bucket. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Whether the bucket is in the path of URLs instead of their host name. */
  pathStyle: boolean;
}

/** Some settings are invalid. The message names each of them, one a line. */
export class BadSettings extends Error {
  /** One line for each setting, beginning with its name. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `Hoory cannot start, ${faults.length === 1 ? 'a setting is' : 'settings are'} wrong:\n  ${faults.join('\n  ')}`,
    );
    this.name = 'BadSettings';
    this.faults = faults;
  }
}

/** Reads one setting. When `read` returns undefined, a fault is added that says what is `expected`. */
type Check = <T>(name: string, fallback: T, read: (text: string) => T | undefined, expected: string) => T;

type Env = Record<string, string | undefined>;

/** Reads `.env` of the working folder; variables of the environment override it. */
export function environment(cwd = process.cwd()): Env {
  const file = join(cwd, '.env');
  return { ...(existsSync(file) ? parseDotEnv(readFileSync(file, 'utf8')) : {}), ...process.env };
}

/** Checks every setting. @throws BadSettings with all faults. */
export function readConfig(env: Env): Readonly<Config> {
  const faults: string[] = [];
  const check = checkOf(env, faults);
  const host = check('HOST', 'localhost', (text) => text, 'an address');
  const port = check('PORT', 3000, readPort, 'a port from 0 to 65535');
  const config: Config = {
    host,
    port,
    data: resolve(check('HOORY_DATA', './data', (text) => text, 'a folder')),
    ...readConnections(check),
    url: check('HOORY_URL', `http://localhost:${port}`, readAddress, 'an http(s) address without a path'),
    maxFile: check('HOORY_MAX_FILE', 40 * 1024 * 1024, readSize, 'a size such as 40MB'),
    logKeep: check(
      'HOORY_LOG_KEEP',
      { age: 7 * 86_400_000, events: 10_000 },
      readKeep,
      'age and events such as 7d,10000',
    ),
    rateLimits: check('HOORY_RATE_LIMITS', true, readSwitch, 'on or off'),
    trustedProxies: check('HOORY_TRUSTED_PROXIES', [], readProxies, 'addresses and CIDRs, comma-separated'),
    webhookAllow: check('HOORY_WEBHOOK_ALLOW', [], readHosts, 'hosts and CIDRs, comma-separated'),
    s3: readS3(env, check, faults),
    migrationCopy: check('HOORY_MIGRATION_COPY', true, readSwitch, 'on or off'),
    backup: check(
      'HOORY_BACKUP',
      undefined,
      readBackup,
      'a folder, a time of at least 1m and a number, such as /var/backups,24h,7',
    ),
    metricsToken: check('HOORY_METRICS_TOKEN', undefined, (text) => text, 'a token'),
    logLevel: check('HOORY_LOG_LEVEL', 'info', readLevel, 'one of trace, debug, info, warn, error, silent'),
  };
  if (config.redisUrl && !config.databaseUrl)
    faults.push(
      'REDIS_URL: is for several nodes, and SQLite serves one: set DATABASE_URL to a PostgreSQL, or remove REDIS_URL',
    );
  if (faults.length) throw new BadSettings(faults);
  return Object.freeze(config);
}

const checkOf =
  (env: Env, faults: string[]): Check =>
  (name, fallback, read, expected) => {
    const text = env[name]?.trim();
    if (!text) return fallback;
    const value = read(text);
    if (value === undefined) faults.push(`${name}: expected ${expected}`);
    return value ?? fallback;
  };

/** Reads the addresses of other services. */
const readConnections = (check: Check): Pick<Config, 'databaseUrl' | 'redisUrl' | 'smtpUrl'> => ({
  databaseUrl: check(
    'DATABASE_URL',
    undefined,
    (text) => (isDatabaseUrl(text) ? text : undefined),
    'postgres://user@host/database',
  ),
  redisUrl: check('REDIS_URL', undefined, urlOf('redis:', 'rediss:'), 'redis://host:6379'),
  smtpUrl: check('SMTP_URL', undefined, urlOf('smtp:', 'smtps:'), 'smtp://user:password@host:587'),
});

function parseDotEnv(text: string): Env {
  const env: Env = {};
  for (const line of text.split('\n')) {
    const [, name, value = ''] =
      /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name) env[name] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return env;
}

const readPort = (text: string) =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;

const urlOf =
  (...protocols: string[]) =>
  (text: string): string | undefined =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined;

const requiredForS3 = ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'];
const s3Settings = [...requiredForS3, 'S3_ENDPOINT', 'S3_REGION', 'S3_PATH_STYLE'];

/** Any of these settings enables S3. The optional ones have defaults. */
function readS3(env: Env, check: Check, faults: string[]): S3Settings | undefined {
  const given = Object.keys(env).filter((name) => name.startsWith('S3_') && env[name]?.trim());
  if (!given.length) return undefined;
  for (const name of given)
    if (!s3Settings.includes(name))
      faults.push(`${name}: unknown setting, the settings are ${s3Settings.join(', ')}`);
  for (const name of requiredForS3)
    if (!given.includes(name)) faults.push(`${name}: missing, S3 cannot be used without it`);
  const text = (value: string) => value;
  const region = check('S3_REGION', 'us-east-1', text, 'a region');
  return {
    endpoint: check(
      'S3_ENDPOINT',
      `https://s3.${region}.amazonaws.com`,
      readEndpoint,
      'an http(s) address such as https://s3.example.com',
    ),
    region,
    bucket: check('S3_BUCKET', '', readBucket, 'the name of a bucket'),
    accessKeyId: check('S3_ACCESS_KEY_ID', '', text, 'a key'),
    secretAccessKey: check('S3_SECRET_ACCESS_KEY', '', text, 'a key'),
    pathStyle: check('S3_PATH_STYLE', true, readSwitch, 'on or off'),
  };
}

function readEndpoint(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !search && !hash ? text : undefined;
}

const readBucket = (text: string) => (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/i.test(text) ? text : undefined);

function readAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname } = new URL(text);
  return /^https?:$/.test(protocol) && pathname === '/' ? origin : undefined;
}

function readSize(text: string): number | undefined {
  const [, number, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?$/i.exec(text) ?? [];
  const scale = own({ B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }, unit.toUpperCase()) ?? 1;
  return number && Number(number) > 0 ? Math.round(Number(number) * scale) : undefined;
}

function readKeep(text: string): Config['logKeep'] | undefined {
  const [, time = '', events] = /^(\d+[smhd])\s*,\s*(\d+)$/.exec(text) ?? [];
  const age = readDuration(time);
  return age !== undefined && Number(events) > 0 ? { age, events: Number(events) } : undefined;
}

/** Reads `30s`, `5m`, `24h` or `7d`. @returns milliseconds */
function readDuration(text: string): number | undefined {
  const [, number, unit = 'd'] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const scale = own({ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }, unit) ?? 0;
  return number === undefined ? undefined : Number(number) * scale;
}

function readBackup(text: string): BackupSettings | undefined {
  const [, folder, time = '', count] = /^(.+?)\s*,\s*(\d+[smhd])\s*,\s*(\d{1,4})$/.exec(text) ?? [];
  const everyMs = readDuration(time) ?? 0;
  const keep = Number(count);
  if (folder === undefined || everyMs < 60_000 || keep < 1) return undefined;
  return { folder: resolve(folder), everyMs, keep };
}

const readSwitch = (text: string) =>
  own({ on: true, true: true, off: false, false: false }, text.toLowerCase());

const readLevel = (text: string) =>
  ['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(text) ? text : undefined;

/** Addresses and CIDRs, no host names: the remote address of a socket is an IP address. */
function readProxies(text: string): string[] | undefined {
  const proxies = readHosts(text);
  return proxies?.every((proxy) => ipaddr.isValidCIDR(proxy) || ipaddr.isValid(proxy)) ? proxies : undefined;
}

function readHosts(text: string): string[] | undefined {
  const hosts = text
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  const isHost = (host: string) =>
    ipaddr.isValidCIDR(host) || ipaddr.isValid(host) || /^[a-z0-9.-]+$/i.test(host);
  return hosts.every(isHost) ? hosts : undefined;
}
