/**
 * B12: bytes of database that a message takes in the mixed work of an office with one webhook that answers, a day later
 * (decisions.md 11). Everything is counted but the database of the office without messages.
 */
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';
import { giveBackSpace, readSpace } from '../db/free-space.ts';
import { packLog } from '../events/pack.ts';
import { pruneLog } from '../events/prune.ts';
import { startServer } from '../main.ts';
import { packDeliveries } from '../webhooks/pack.ts';
import { pruneDeliveries } from '../webhooks/prune.ts';
import { type DatabasePart, partsOf, settleDatabase, sizeOf } from './growth/database.ts';
import { openWorkload } from './office/workload.ts';

export interface BytesFigures {
  section: 'bytes';
  database: 'sqlite' | 'postgres';
  /** Messages of customers and agents with private notes. Lines of activity count among the bytes only. */
  messages: number;
  database_bytes: number;
  bytes_per_message: number;
  /** Bytes of a message by table and index, the largest first. */
  parts: Record<string, number>;
}

const connections = 48;
/**
 * Between two rounds the clock jumps, and what is a minute old is packed. On PostgreSQL a round is the part of all work whose
 * plain payloads the file has held at once: a sixtieth, where in a day of even work it is a minute of 1440.
 */
const rounds = 60;
const roundMs = 1000;
const minute = 60_000;
const day = 1440 * minute;

/** @param say progress, one line each */
export async function benchBytes(
  config: Readonly<Config>,
  say: (line: string) => void,
): Promise<BytesFigures> {
  const { messages, emptyBytes } = await workADay(config, say);
  const database_bytes = (await sizeOf(config)).bytes - emptyBytes;
  const perMessage = (count: number) => Math.round(count / messages);
  return {
    section: 'bytes',
    database: config.databaseUrl ? 'postgres' : 'sqlite',
    messages,
    database_bytes,
    bytes_per_message: perMessage(database_bytes),
    parts: Object.fromEntries(
      (await partsOf(config)).slice(0, 24).map((part: DatabasePart) => [part.name, perMessage(part.bytes)]),
    ),
  };
}

/** Does the work of the office, and the background work until a day later. @returns its messages, and the size before them */
async function workADay(config: Readonly<Config>, say: (line: string) => void) {
  let [jumps, messages, emptyBytes] = [0, 0, 0];
  const now = () => Date.now() + jumps;
  const server = await startServer(config, now);
  try {
    const { app } = server;
    const workload = await openWorkload(app, connections);
    emptyBytes = (await readSpace(app.db)).size;
    try {
      for (let round = 1; round <= rounds; round++) {
        messages += (await workload.work(roundMs)).messages;
        await workload.delivered();
        jumps += 10 * minute;
        await keepHouse(app.db, config, now());
        if (round % 20 === 0) say(`${messages} messages`);
      }
    } finally {
      await workload.close();
    }
    jumps += day;
    await keepHouse(app.db, config, now());
  } finally {
    await server.close();
  }
  return { messages, emptyBytes };
}

/** Runs the background work of the server until nothing is left to do. */
async function keepHouse(db: Db, config: Readonly<Config>, now: number): Promise<void> {
  await pruneLog(db, config.logKeep, now);
  await pruneDeliveries(db, config.logKeep, now);
  while (await packLog(db, now));
  while (await packDeliveries(db, now));
  await settleDatabase(config);
  while ((await giveBackSpace(db)) > 0);
}

/** The figures as people read them. */
export const printBytes = ({ database, messages, bytes_per_message, parts }: BytesFigures): string =>
  [
    `${database}: ${bytes_per_message} bytes a message, of ${messages} messages`,
    ...Object.entries(parts).map(([name, bytes]) => `${String(bytes).padStart(6)}  ${name}`),
  ].join('\n');
