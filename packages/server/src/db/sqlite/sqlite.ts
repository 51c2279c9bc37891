/** `Db` on SQLite: one connection that writes, one for reads while a transaction is open on the first, and threads for long reads. */
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { toDb } from '../connected-db.ts';
import type { CommitHooks, Db, Query } from '../db.ts';
import { GroupCommit } from '../group-commit.ts';
import type { Tables } from '../tables.ts';
import { openCheckpointer } from './checkpointer.ts';
import { connect } from './connection.ts';
import { openReaderThreads } from './reader-threads.ts';
import { SqliteLongReads, SqliteReads } from './reads.ts';
import { transactOn } from './transaction.ts';

/**
 * Opens the file at `path`, whose tables exist. A transaction waits for a lock that another process holds; reads do not need
 * that lock, and the event loop goes on.
 */
export function openSqlite(path: string, hooks: CommitHooks): Db {
  const writer = connect(path);
  writer.pragma('cache_size = -16000');
  const reader = connect(path);
  reader.pragma('query_only = on');
  const q = openQueryBuilder();
  const reads = new SqliteReads({ writer, reader }, q, hooks);
  const threads = openReaderThreads(path);
  const checkpointer = openCheckpointer(path);
  const transact = transactOn({ writer, q, hooks, reads, onCommit: checkpointer.onCommit });
  const commits = new GroupCommit(transact, { hooks });
  return toDb({
    reads,
    longReads: new SqliteLongReads(threads, q, hooks),
    commits,
    disconnect: async () => {
      reads.endSnapshot();
      await Promise.all([threads.close(), checkpointer.close()]);
      reader.close();
      writer.close();
    },
  });
}

const openQueryBuilder = (): Query =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new PlannedOnce(),
    },
  });

/**
 * Parameters have a unary plus, which changes nothing. Where the planner may look at a bare `?`, in `limit ?` and in every
 * comparison in a table with a partial index, SQLite compiles the statement anew at each execution, for 10 to 40 us: 18 us, a
 * tenth of the server's time, for the last 20 messages (B6).
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}
