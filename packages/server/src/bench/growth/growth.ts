/** Section `growth`: every read and write of an account that was filled to several sizes, and who waits meanwhile. */
import type { Config } from '../../config.ts';
import { startChild } from '../child.ts';
import type { FillerAnswer, FillerRequest } from '../filler.ts';
import { startProcess } from '../server-process.ts';
import { dropSize, openSize, type Place, settleDatabase, sizeOf } from './database.ts';
import { fill } from './fill.ts';
import { measure } from './measure.ts';
import { questions } from './questions/all.ts';
import { type GrowthFigures, type MeasuredSize, toLines, toSize } from './report.ts';
import { saveSite } from './site.ts';
import type { Receivers } from './upkeep.ts';

export interface GrowthOptions {
  /** Messages of each account. */
  sizes: readonly number[];
  /** A folder in which the accounts are kept, and found again; nothing is kept when left out. */
  keep: string | undefined;
  /** How often each question is asked at most. */
  turns: number;
}

/** @param tell progress, one line each */
export async function benchGrowth(
  config: Readonly<Config>,
  tell: (line: string) => void,
  { sizes, keep, turns }: GrowthOptions,
): Promise<GrowthFigures> {
  const place: Place = { data: keep ?? config.data, databaseUrl: config.databaseUrl };
  const growing = [...sizes].sort((a, b) => a - b);
  const receivers = startChild<FillerRequest, FillerAnswer>('filler');
  const measured: MeasuredSize[] = [];
  try {
    const addresses = await receivers.ask({ do: 'listen' });
    for (const messages of growing)
      try {
        measured.push(await measureSize({ place, messages, receivers: addresses, turns, tell }));
      } finally {
        if (keep === undefined) await dropSize(place, messages);
      }
  } finally {
    await receivers.stop();
  }
  return {
    section: 'growth',
    database: config.databaseUrl ? 'postgres' : 'sqlite',
    sizes: measured.map(toSize),
    lines: toLines(questions, measured),
  };
}

interface SizeGiven {
  place: Place;
  messages: number;
  receivers: Receivers;
  turns: number;
  tell(line: string): void;
}

async function measureSize({ place, messages, receivers, turns, tell }: SizeGiven): Promise<MeasuredSize> {
  const { config, site: kept } = await openSize(place, messages);
  if (kept) tell(`${messages} messages were filled before`);
  const site = kept ?? (await fill(config, { messages, receivers, tell }));
  if (!kept) await settleDatabase(config);
  saveSite(config.data, site);
  const database = await sizeOf(config);
  const server = await startProcess(config);
  try {
    const { url } = server;
    return { messages, database, measured: await measure({ url, site, questions, receivers, turns, tell }) };
  } finally {
    await server.stop();
  }
}
