/**
 * Batched reads: equal reads of one turn of the event loop become one query. There is no timer and no cache: a read returns rows
 * that are committed when the query runs, which is after the read was requested.
 */
import type { BatchRead, Db, Sql } from './db.ts';

/** Declared with methods, so that reads of every type share one map. */
interface PendingRead<In, Out> {
  input: In;
  resolve(answer: Out): void;
  reject(error: unknown): void;
}

interface PendingBatch<In, Out> {
  read(sql: Sql, inputs: readonly In[]): Promise<Out[]>;
  pending: PendingRead<In, Out>[];
}

/** Opens `Db.readMany` over `sql`. */
export function openBatchReads(sql: Sql): Db['readMany'] {
  const batches = new Map<object, PendingBatch<unknown, unknown>>();
  return <In, Out>(read: BatchRead<In, Out>, input: In) =>
    new Promise<Out>((resolve, reject) => {
      const pending: PendingRead<In, Out> = { input, resolve, reject };
      const batch = batches.get(read);
      if (batch) batch.pending.push(pending);
      else {
        const first: PendingBatch<In, Out> = { read, pending: [pending] };
        batches.set(read, first);
        setImmediate(() => {
          batches.delete(read);
          void runBatch(sql, first);
        });
      }
    });
}

async function runBatch<In, Out>(sql: Sql, { read, pending }: PendingBatch<In, Out>): Promise<void> {
  try {
    const answers = await read(
      sql,
      pending.map(({ input }) => input),
    );
    if (answers.length !== pending.length)
      throw new Error(`A batch read of ${pending.length} inputs gave ${answers.length} answers`);
    for (const [index, answer] of answers.entries()) pending[index]?.resolve(answer);
  } catch (error) {
    for (const { reject } of pending) reject(error);
  }
}
