/** Repeated background jobs: runs of a job never overlap, and closing waits for the current run. */
import type { Log } from './log.ts';

export interface ScheduledJob {
  /** For the log when runs fail: the first failure of several in a row is logged. A failure does not stop the schedule. */
  name: string;
  /** Between the starts of two runs. While a run takes longer, the following starts are skipped. */
  everyMs: number;
  run(): Promise<unknown>;
}

export interface Schedule {
  /** Stops the timer and waits for the current run. */
  close(): Promise<void>;
}

/** Starts the timer. It does not keep the process alive. */
export function openSchedule(log: Log, { name, everyMs, run }: ScheduledJob): Schedule {
  let running: Promise<unknown> | undefined;
  let isFailing = false;
  const report = (err: unknown) => {
    // On a full disk each run fails, and each line of the log would need space as well.
    if (!isFailing) log.error({ err }, `${name} failed`);
    isFailing = true;
  };
  const reportEnd = () => {
    if (isFailing) log.info(`${name} works again`);
    isFailing = false;
  };
  const timer = setInterval(() => {
    running ??= run()
      .then(reportEnd, report)
      .finally(() => {
        running = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
