/**
 * `hoory soak`: mixed work at an even rate for a long time, with sockets that come and go, a webhook, searches, pruning and
 * search indexing. At the end memory, descriptors, latency, delay of the event loop and size are to be what they were at the
 * beginning.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../../config.ts';
import { startServer } from '../../main.ts';
import { startChild } from '../child.ts';
import { openWorkload } from '../office/workload.ts';
import { printSoak, type SoakLine, toCsv, toSoakLines } from './report.ts';
import { openSampler, type Sample } from './sample.ts';
import type { VisitorsAnswer, VisitorsRequest } from './visitors.ts';

export interface SoakOptions {
  minutes: number;
  /** Requests a second of customers and agents. */
  rate: number;
  /** A PostgreSQL database that may be written to; SQLite in a folder of its own when left out. */
  databaseUrl: string | undefined;
  /** The file that gets a row for each interval, written anew after each. */
  csv: string;
  /** Called with each line of progress. */
  say(line: string): void;
}

export interface SoakFigures {
  database: 'sqlite' | 'postgres';
  minutes: number;
  rate: number;
  messages: number;
  /** Whether every line is flat. */
  isFlat: boolean;
  lines: SoakLine[];
  samples: Sample[];
}

const connections = 48;
/** Intervals of a soak; an hour has one each ten seconds. */
const mostIntervals = 360;
const leastIntervalMs = 1000;

/** Runs the soak. @throws Error when a request is refused or a connection is lost */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const data = mkdtempSync(join(tmpdir(), 'hoory-soak-'));
  try {
    return await soakServer(toConfig(data, options), options);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** The log is kept for a twelfth of the time, so that pruning runs from early on. */
const toConfig = (data: string, { minutes, databaseUrl }: SoakOptions): Config =>
  readConfig({
    HOORY_DATA: data,
    PORT: '0',
    HOORY_RATE_LIMITS: 'off',
    HOORY_LOG_LEVEL: 'error',
    HOORY_WEBHOOK_ALLOW: '127.0.0.1',
    HOORY_LOG_KEEP: `${Math.max(1, Math.round((minutes * 60) / 12))}s,1000000`,
    DATABASE_URL: databaseUrl,
  });

async function soakServer(config: Readonly<Config>, options: SoakOptions): Promise<SoakFigures> {
  const { minutes, rate, csv, say } = options;
  const server = await startServer(config);
  const workload = await openWorkload(server.app, connections);
  const visitors = startChild<VisitorsRequest, VisitorsAnswer>('visitors');
  const sampler = openSampler(server.app);
  const samples: Sample[] = [];
  try {
    const { office, identifiers } = workload;
    await visitors.ask({ do: 'start', url: server.app.url(), office, identifiers });
    const endsAt = performance.now() + minutes * 60_000;
    const intervalMs = Math.max(leastIntervalMs, (minutes * 60_000) / mostIntervals);
    while (performance.now() < endsAt) {
      const worked = await workload.work(intervalMs, rate);
      const sample = await sampler.take(worked, await visitors.ask({ do: 'take' }));
      samples.push(sample);
      writeFileSync(csv, toCsv(samples));
      say(progressOf(sample, minutes));
    }
    return toFigures(samples, { database: server.app.db.dialect, minutes, rate });
  } finally {
    sampler.close();
    await visitors.stop();
    await workload.close();
    await server.close();
  }
}

const progressOf = (
  { seconds, requests_per_second, p99_ms, memory_mb, database_mb }: Sample,
  minutes: number,
): string =>
  `${seconds} of ${minutes * 60} s: ${requests_per_second} requests/s, p99 ${p99_ms} ms, memory ${memory_mb} MB, database ${database_mb} MB`;

function toFigures(samples: Sample[], run: Pick<SoakFigures, 'database' | 'minutes' | 'rate'>): SoakFigures {
  const lines = toSoakLines(samples);
  const messages = samples.at(-1)?.messages ?? 0;
  return { ...run, messages, isFlat: lines.every(({ isFlat }) => isFlat), lines, samples };
}

/** The figures for people. */
export const printFigures = ({ samples, lines }: SoakFigures): string => printSoak(samples, lines);
