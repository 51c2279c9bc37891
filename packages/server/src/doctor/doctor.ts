/** `hoory doctor`: checks this installation from the inside, then the way in through the proxy from the outside. */
import type { Finding } from '@hoory/contract';
import type { Config } from '../config.ts';
import type { InspectOptions } from '../db/sqlite/inspect.ts';
import { type Attached, attach } from './attach.ts';
import { checkBackup } from './backup.ts';
import { checkedBytes, type DatabaseReport, inspectDatabase } from './database.ts';
import { checkDisk } from './disk.ts';
import { type Check, ok, type RunOptions, runChecks, skipped, type Verdict } from './findings.ts';
import { checkNodes } from './nodes.ts';
import { examineProxy } from './proxy/checks.ts';
import { openRedaction } from './redact.ts';
import { filesCheck, mailCheck, redisCheck } from './services.ts';
import { checkSettings, readSettings } from './settings.ts';
import { checkDeliveries, checkReceiver } from './webhooks.ts';

export interface DoctorOptions {
  /** The public address to check; `HOORY_URL` without it. */
  url: string | undefined;
  /** Gets a test e-mail. */
  mail?: string;
  /** Gets a signed test request. */
  webhook?: string;
  /** The origin of a site that embeds the chat. */
  origin: string;
  /** Seconds for which a long poll and a socket are held open. */
  wait: number;
  /** Checks the content of a SQLite file of any size. */
  integrity?: boolean;
  /** Checks the way in alone, without settings and database. */
  outside?: boolean;
  onEnd?: RunOptions['onEnd'];
}

/** Milliseconds for a check that waits for nothing on purpose. */
const timeoutMs = 40_000;
const lockTimeoutMs = 5000;

/** Checks everything. Never rejects because of what is wrong with the installation. */
export async function examine(
  env: Record<string, string | undefined>,
  options: DoctorOptions,
): Promise<Finding[]> {
  if (options.outside && options.url !== undefined) return examineFromOutside(options.url, options);
  const settings = readSettings(env);
  const { config } = settings;
  const address = addressOf(options.url ?? config?.url);
  const run: RunOptions = {
    timeoutMs,
    redact: openRedaction(config),
    ...(options.onEnd && { onEnd: options.onEnd }),
  };
  const findings = await runChecks([settingsCheck(() => checkSettings(settings, address))], run);
  if (!config) return [...findings, ...(await runChecks([withoutSettings], run))];

  const inspecting: InspectOptions = {
    lockTimeoutMs,
    maxCheckedBytes: options.integrity ? Number.POSITIVE_INFINITY : checkedBytes,
  };
  const database = openDatabaseCheck(config, inspecting);
  findings.push(...(await runChecks([database.check], run)));
  const attached = database.report()?.isCurrent ? await attach(config).catch(() => undefined) : undefined;
  try {
    findings.push(
      ...(await runChecks(localChecks(config, { attached, report: database.report(), options }), run)),
    );
    if (address)
      findings.push(
        ...(await examineProxy(
          {
            address,
            maxFile: config.maxFile,
            key: attached?.key,
            origin: options.origin,
            waitSeconds: options.wait,
          },
          run,
        )),
      );
    return findings;
  } finally {
    await attached?.db.close();
  }
}

function examineFromOutside(url: string, { origin, wait, onEnd }: DoctorOptions): Promise<Finding[]> {
  const run: RunOptions = { timeoutMs, redact: (text) => text, ...(onEnd && { onEnd }) };
  return examineProxy({ address: new URL(url), maxFile: 0, key: undefined, origin, waitSeconds: wait }, run);
}

/** @throws nothing: an address that cannot be read was refused by the command line or by the settings */
const addressOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined;

const settingsCheck = (run: () => Verdict[]): Check => ({
  name: 'settings',
  breaks: 'The server does not start',
  change: 'The environment, or .env in the working folder',
  run: async () => run(),
});

const withoutSettings: Check = {
  name: 'server',
  breaks: '',
  change: '',
  run: async () => skipped('Everything else is checked once the settings are valid'),
};

/** The check of the database, and its report for the checks that need one. */
function openDatabaseCheck(config: Readonly<Config>, inspecting: InspectOptions) {
  let report: DatabaseReport | undefined;
  const check: Check = {
    name: 'database',
    breaks: 'The server does not start, or refuses requests with 503',
    change: config.databaseUrl ? 'DATABASE_URL, and the server that it names' : 'HOORY_DATA',
    run: async () => {
      report = await inspectDatabase(config, inspecting);
      return report.verdicts;
    },
  };
  return { check, report: () => report };
}

interface Local {
  attached: Attached | undefined;
  report: DatabaseReport | undefined;
  options: DoctorOptions;
}

/** Checks that need no address. */
function localChecks(config: Readonly<Config>, { attached, report, options }: Local): Check[] {
  const { mail, webhook } = options;
  const unread = 'The database cannot be read';
  return [
    {
      name: 'clock',
      breaks: 'Times are wrong',
      change: 'Let the machines set their clocks by NTP',
      run: async () =>
        report?.clock ?? (report ? ok('SQLite has the clock of this machine') : skipped(unread)),
    },
    {
      name: 'disk',
      breaks: 'The server does not start, or refuses uploads',
      change: 'HOORY_DATA=<a folder that the server may write to>',
      run: () => checkDisk(config.data),
    },
    mailCheck(config, mail),
    filesCheck(config.s3),
    redisCheck(config.redisUrl),
    {
      name: 'backup',
      breaks: 'It is not known whether there is a backup',
      change: 'The database',
      run: async () => (attached ? checkBackup(config, attached.db, Date.now()) : skipped(unread)),
    },
    {
      name: 'nodes',
      breaks: 'Nodes may not know each other',
      change: 'The database',
      run: async () => (attached ? checkNodes(config, attached.db, attached.key) : skipped(unread)),
    },
    {
      name: 'webhooks',
      breaks: 'Webhooks and bots may hear of nothing',
      change: 'The database',
      run: async () => (attached ? checkDeliveries(attached.db, Date.now()) : skipped(unread)),
    },
    ...(webhook === undefined ? [] : [receiverCheck(config, attached, webhook)]),
  ];
}

const receiverCheck = (config: Readonly<Config>, attached: Attached | undefined, url: string): Check => ({
  name: 'receiver',
  breaks: 'Deliveries are repeated for three days, and then given up',
  change: 'The address of the webhook',
  run: () => checkReceiver({ config, db: attached?.db, url }),
});
