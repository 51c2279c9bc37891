/**
 * Writes SQLite's log back into the file from a thread of its own, while many transactions commit: on the main thread that
 * would hold all requests for 10 ms and more. SQLite's own checkpoint there stays, finds little left to do, and lets the
 * log begin anew.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

export interface Checkpointer {
  /** Call after each commit. */
  onCommit(): void;
  close(): Promise<void>;
}

/** Commits between two checkpoints. */
const commitsPerCheckpoint = 25;
/** Time in which these commits must happen; a server with fewer writes needs no thread. */
const busyWithinMs = 1000;

// Text, because a worker of a file would need that file built beside the bundle, and another way to load it in tests.
const work = `
const { parentPort, workerData } = require('node:worker_threads');
const Database = require(workerData.driver);
const db = new Database(workerData.path, { timeout: 10000 });
parentPort.on('message', () => {
  // On a full disk the next checkpoint may succeed.
  try { db.pragma('wal_checkpoint(passive)'); } catch {}
  parentPort.postMessage('done');
});
`;

/** @param path the database file */
export function openCheckpointer(path: string): Checkpointer {
  let worker: Worker | undefined;
  let isBusy = false;
  let commits = 0;
  let since = 0;

  function start(): Worker {
    const driver = createRequire(import.meta.url).resolve('better-sqlite3');
    const started = new Worker(work, { eval: true, workerData: { driver, path } });
    started.on('message', () => {
      isBusy = false;
    });
    // Without it the main thread's own checkpoints do all the work.
    started.on('error', () => {});
    started.unref();
    return started;
  }

  return {
    onCommit: () => {
      if (commits === 0) since = performance.now();
      commits++;
      if (commits < commitsPerCheckpoint || isBusy) return;
      commits = 0;
      if (performance.now() - since > busyWithinMs) return;
      worker ??= start();
      isBusy = true;
      worker.postMessage('checkpoint');
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
