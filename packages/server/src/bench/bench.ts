/** `hoory bench`: measures this machine with a database of its own, and answers ratios (decisions.md 11). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { type BacklogFigures, type BacklogOptions, benchBacklog } from './backlog.ts';
import { type BytesFigures, benchBytes } from './bytes.ts';
import { benchGrowth, type GrowthOptions } from './growth/growth.ts';
import type { GrowthFigures } from './growth/report.ts';
import { benchLists, type ListFigures } from './lists.ts';
import { benchNodes, type NodesFigures } from './nodes.ts';
import { benchOffice, type OfficeFigures, type OfficeOptions } from './office/office.ts';
import { benchPost, type PostFigures } from './post.ts';
import { benchSockets, type SocketFigures } from './sockets.ts';
import { benchStart, type StartFigures } from './start.ts';
import { benchStorm, type StormFigures } from './storm.ts';
import { benchWebhooks, type WebhookFigures, type WebhookOptions } from './webhooks.ts';

export interface BenchOptions extends BacklogOptions, GrowthOptions, OfficeOptions, WebhookOptions {
  /** A PostgreSQL database that may be written to; SQLite in a folder of its own when left out. */
  databaseUrl: string | undefined;
  /** A Redis for the section `nodes`. */
  redisUrl: string | undefined;
  /** Called with each line of progress. */
  say(line: string): void;
}

/** Sections that can be measured by name. */
export const sections = {
  post: benchPost,
  lists: benchLists,
  sockets: benchSockets,
  start: benchStart,
  storm: benchStorm,
  nodes: benchNodes,
  backlog: benchBacklog,
  office: benchOffice,
  webhooks: benchWebhooks,
  bytes: benchBytes,
  growth: benchGrowth,
};

export type Section = keyof typeof sections;

export type BenchFigures =
  | PostFigures
  | ListFigures
  | SocketFigures
  | StartFigures
  | StormFigures
  | NodesFigures
  | BacklogFigures
  | OfficeFigures
  | WebhookFigures
  | BytesFigures
  | GrowthFigures;

/** Measures one section. */
export async function bench(
  section: Section,
  { databaseUrl, redisUrl, say, ...options }: BenchOptions,
): Promise<BenchFigures> {
  const data = mkdtempSync(join(tmpdir(), 'hoory-bench-'));
  try {
    const config = readConfig({
      HOORY_DATA: data,
      PORT: '0',
      HOORY_RATE_LIMITS: 'off',
      HOORY_LOG_LEVEL: 'error',
      HOORY_WEBHOOK_ALLOW: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
    });
    return await sections[section](config, say, options);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
