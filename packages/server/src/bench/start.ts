/** B8: from the start of the process on an existing database to its first answer, and the resident memory of the idle server. */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { startServer } from '../main.ts';
import { toMedian } from './figures.ts';
import { conversationPaths } from './fixture.ts';
import { load } from './load.ts';
import { startProcess } from './server-process.ts';

export interface StartFigures {
  section: 'start';
  database: 'sqlite' | 'postgres';
  /** Milliseconds, the median of the rounds. */
  start_ms: number;
  memory_mb: number;
}

const rounds = 5;
const connections = 16;
/** Milliseconds of posts that fill the database. */
const fillMs = 3000;
/** Milliseconds after which the server is idle: its background jobs have run several times. */
const idleMs = 3000;

/** @param say progress, one line each */
export async function benchStart(
  config: Readonly<Config>,
  say: (line: string) => void,
): Promise<StartFigures> {
  const database = await prepare(config);
  const [starts, sizes]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    const server = await startProcess(config);
    try {
      await wait(idleMs);
      const memory = memoryOf(server.pid);
      say(`round ${round}: first answer after ${server.start_ms} ms, ${Math.round(memory)} MB when idle`);
      starts.push(server.start_ms);
      sizes.push(memory);
    } finally {
      await server.stop();
    }
  }
  return { section: 'start', database, start_ms: toMedian(starts), memory_mb: Math.round(toMedian(sizes)) };
}

async function prepare(config: Readonly<Config>): Promise<'sqlite' | 'postgres'> {
  const server = await startServer(config);
  try {
    const port = Number(new URL(server.app.url()).port);
    await load({ port, paths: await conversationPaths(server.app, connections), time: fillMs });
    return server.app.db.dialect;
  } finally {
    await server.close();
  }
}

/** Resident memory of a process in MB. */
const memoryOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
