/** The checks that administrators read at the desk: those of the server, and the way of their own request. */
import { type agentSystem, type Finding, VERSION } from '@hoory/contract';
import type { App } from '../app.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { checkBackup } from './backup.ts';
import { inspectDatabase } from './database.ts';
import { checkDisk } from './disk.ts';
import { type Check, ok, runChecks, skipped, type Verdict, warning } from './findings.ts';
import { judgeNodes } from './nodes.ts';
import { openRedaction } from './redact.ts';
import { isTrusted } from './routes.ts';
import { filesCheck, judgeRedis, mailCheck } from './services.ts';
import { checkSettings } from './settings.ts';
import { checkDeliveries } from './webhooks.ts';

/** For which an answer serves all who ask. */
const freshMs = 10_000;
const timeoutMs = 10_000;

interface Checked {
  at: number;
  /** By the monotonic clock, in milliseconds. */
  since: number;
  findings: Promise<Finding[]>;
}

/** One run at a time for all administrators: whoever asks meanwhile gets its findings. */
export function openSystemRoutes(app: App): Routes<typeof agentSystem> {
  let last: Checked | undefined;
  const run = { timeoutMs, redact: openRedaction(app.config) };
  const check = (): Checked => {
    if (last && performance.now() - last.since < freshMs) return last;
    last = { at: app.now(), since: performance.now(), findings: runChecks(serverChecks(app), run) };
    return last;
  };
  return {
    agentGetSystem: async (_app, { account }, _input, context) => {
      const checked = check();
      const own = await runChecks(
        [
          {
            name: 'webhooks',
            breaks: 'Webhooks and bots may hear of nothing',
            change: 'The database',
            run: () => checkDeliveries(app.db, app.now(), account.id),
          },
          { name: 'forwarded', breaks: '', change: '', run: async () => judgeWay(app, context) },
        ],
        run,
      );
      return {
        checked_at: Math.floor(checked.at / 1000),
        version: VERSION,
        findings: [...(await checked.findings), ...own],
      };
    },
  };
}

/** What is the same for all accounts. Each is bounded: the content of the database is not read. */
const serverChecks = (app: App): Check[] => [
  {
    name: 'settings',
    breaks: 'The server does not start',
    change: 'The environment, or .env in the working folder',
    run: async () => checkSettings({ config: app.config, faults: [] }, undefined),
  },
  {
    name: 'database',
    breaks: 'Requests are refused with 503',
    change: app.config.databaseUrl ? 'DATABASE_URL, and the server that it names' : 'HOORY_DATA',
    run: async () => (await inspectDatabase(app.config, { maxCheckedBytes: 0 })).verdicts,
  },
  {
    name: 'disk',
    breaks: 'The server refuses uploads',
    change: 'HOORY_DATA=<a folder that the server may write to>',
    run: () => checkDisk(app.config.data),
  },
  mailCheck(app.config),
  filesCheck(app.config.s3),
  {
    name: 'redis',
    breaks: 'Nodes notice each other’s events up to a second later, and count rate limits each for itself',
    change: 'REDIS_URL, and the server that it names',
    run: async () =>
      app.redis
        ? judgeRedis(app.redis)
        : skipped('REDIS_URL is not set: one node, or several that read the log'),
  },
  {
    name: 'backup',
    breaks: 'It is not known whether there is a backup',
    change: 'The database',
    run: () => checkBackup(app.config, app.db, app.now()),
  },
  {
    name: 'nodes',
    breaks: 'Nodes may not know each other',
    change: 'The database',
    run: async () => judgeNodes(app.config, app.nodes.list()),
  },
];

/** The address of the administrator's own request, as the rate limits count it. */
function judgeWay({ config }: App, { headers, address, peer = '' }: RequestContext): Verdict {
  const chain = headers['x-forwarded-for'];
  const proxy = peer.replace(/^::ffff:/, '');
  if (chain === undefined) return ok(`Your requests come from ${address}`);
  if (isTrusted(config.trustedProxies, peer))
    return ok(`Your requests come from ${address}, through ${proxy}`);
  return warning({
    found: `Your requests come through the proxy ${proxy}, which HOORY_TRUSTED_PROXIES does not list`,
    breaks: 'All visitors share one limit of requests by address: a busy day refuses them with 429',
    change: `HOORY_TRUSTED_PROXIES=${proxy}`,
  });
}
