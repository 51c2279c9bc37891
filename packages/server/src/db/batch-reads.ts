/**
 * Gathered reads: what the requests of one turn of the event loop ask alike is asked once. No timers and no cache: a read
 * sees what is committed when it runs, after it was asked for.
 */
import type { BatchRead, Db, Sql } from './db.ts';

interface PendingRead {
  input: unknown;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Opens `Db.readMany` over `sql`. */
export function openBatchReads(sql: Sql): Db['readMany'] {
  const waiting = new Map<BatchRead<unknown, unknown>, PendingRead[]>();

  async function run(read: BatchRead<unknown, unknown>): Promise<void> {
    const asked = waiting.get(read) as PendingRead[];
    waiting.delete(read);
    try {
      const answers = await read(
        sql,
        asked.map(({ input }) => input),
      );
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index]);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  return <In, Out>(read: BatchRead<In, Out>, input: In) =>
    new Promise<Out>((resolve, reject) => {
      const key = read as BatchRead<unknown, unknown>;
      const asked: PendingRead = { input, resolve: resolve as PendingRead['resolve'], reject };
      const others = waiting.get(key);
      if (others) others.push(asked);
      else {
        waiting.set(key, [asked]);
        setImmediate(() => void run(key));
      }
    });
}
