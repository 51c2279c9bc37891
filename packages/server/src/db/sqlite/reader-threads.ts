/**
 * Threads that read a SQLite file. The driver blocks its thread until a statement ends, so a search, filter or report on the
 * main thread would delay every message meanwhile. Here it delays only other long reads.
 *
 * The driver has no way to interrupt a statement. When a read exceeds its time, its caller is refused and the thread is free
 * again once the statement ends, so there are never more running statements than threads.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { DatabaseFailed } from '../database-failed.ts';
import { longReadTimeoutMs, tooManyLongReads, tooSlow } from '../long-reads.ts';

export interface ThreadRows {
  columns: readonly string[];
  /** Each with the values of `columns`. */
  rows: readonly (readonly unknown[])[];
}

export interface ReaderThreads {
  /** Runs one statement on rows committed when it begins. @throws Refusal when it takes too long or too many reads wait; DatabaseFailed when its thread dies */
  read(text: string, values: readonly unknown[]): Promise<ThreadRows>;
  /** Rejects what waits or runs. */
  close(): Promise<void>;
}

export interface ReaderThreadsOptions {
  /** Threads are started when the others are busy, the first with the first read. */
  maxThreads?: number;
  maxWaiting?: number;
  timeoutMs?: number;
}

interface Read {
  text: string;
  values: readonly unknown[];
  resolve(rows: ThreadRows): void;
  reject(error: unknown): void;
}

interface Thread {
  worker: Worker;
  /** Undefined when the thread is free. A read that was refused stays until its statement ends. */
  read: Read | undefined;
}

type Reply = ThreadRows | { error: string };

// Text, because a worker of a file would need that file built beside the bundle, and another way to load it in tests.
const work = `
const { parentPort, workerData } = require('node:worker_threads');
const Database = require(workerData.driver);
const db = new Database(workerData.path, { readonly: true, timeout: 10000 });
db.pragma('temp_store = memory');
const statements = new Map();
function prepare(text) {
  const known = statements.get(text);
  if (known) return known;
  const statement = db.prepare(text).raw();
  statements.set(text, statement);
  if (statements.size > 200) statements.delete(statements.keys().next().value);
  return statement;
}
parentPort.on('message', ({ text, values }) => {
  try {
    const statement = prepare(text);
    const rows = statement.all(values);
    parentPort.postMessage({ columns: statement.columns().map(({ name }) => name), rows });
  } catch (error) {
    parentPort.postMessage({ error: error.message });
  }
});
`;

/** @param path the database file, which exists and is in WAL mode */
export function openReaderThreads(
  path: string,
  { maxThreads = 2, maxWaiting = 200, timeoutMs = longReadTimeoutMs }: ReaderThreadsOptions = {},
): ReaderThreads {
  const threads = new Set<Thread>();
  const waiting = new Set<Read>();

  function start(): Thread {
    const driver = createRequire(import.meta.url).resolve('better-sqlite3');
    const worker = new Worker(work, { eval: true, workerData: { driver, path } });
    const thread: Thread = { worker, read: undefined };
    threads.add(thread);
    worker.on('message', (reply: Reply) => finish(thread, reply));
    worker.on('error', (error) => replace(thread, error));
    worker.on('exit', (code) => replace(thread, new Error(`a reader thread ended with ${code}`)));
    worker.unref();
    return thread;
  }

  function finish(thread: Thread, reply: Reply): void {
    const { read } = thread;
    thread.read = undefined;
    if ('error' in reply) read?.reject(new Error(reply.error));
    else read?.resolve(reply);
    runWaiting();
  }

  /** The read of a dead thread may be what killed it, so it is not tried again. */
  function replace(thread: Thread, cause: Error): void {
    if (!threads.delete(thread)) return;
    thread.read?.reject(new DatabaseFailed(cause));
    runWaiting();
  }

  function runWaiting(): void {
    for (const read of waiting) {
      const free = [...threads].find((thread) => !thread.read);
      if (!free && threads.size >= maxThreads) return;
      const thread = free ?? start();
      waiting.delete(read);
      thread.read = read;
      thread.worker.postMessage({ text: read.text, values: read.values });
    }
  }

  return {
    read: (text, values) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= maxWaiting) throw tooManyLongReads();
        const read: Read = {
          text,
          values,
          resolve: (rows) => {
            clearTimeout(timer);
            resolve(rows);
          },
          reject: (error) => {
            clearTimeout(timer);
            reject(error);
          },
        };
        const timer = setTimeout(() => {
          waiting.delete(read);
          reject(tooSlow());
        }, timeoutMs);
        waiting.add(read);
        runWaiting();
      }),
    close: async () => {
      const closed = new DatabaseFailed(new Error('the database is closed'));
      const open = [...threads];
      threads.clear();
      for (const read of waiting) read.reject(closed);
      waiting.clear();
      for (const { read } of open) read?.reject(closed);
      await Promise.all(open.map(({ worker }) => worker.terminate()));
    },
  };
}
