/** `Db` out of its two halves, which each database has: reads of committed rows, and the group commit. */
import { openBatchReads } from './batch-reads.ts';
import type { Db, Sql } from './db.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Executor } from './transaction.ts';

export interface ConnectedDbParts {
  reads: Executor;
  longReads: Sql;
  commits: GroupCommit;
  /** Called when no job runs or waits. */
  disconnect(): Promise<unknown>;
}

export const toDb = ({ reads, longReads, commits, disconnect }: ConnectedDbParts): Db => ({
  dialect: reads.dialect,
  q: reads.q,
  longReads,
  all: (query) => reads.all(query),
  get: (query) => reads.get(query),
  run: (query) => commits.write((tx) => tx.run(query)),
  write: (work, scope) => commits.write(work, scope),
  writeMany: (verb, input, scope) => commits.writeMany(verb, input, scope),
  readMany: openBatchReads(reads),
  close: async () => {
    await commits.idle();
    await disconnect();
  },
});
