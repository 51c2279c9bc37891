/** Repeated background jobs: runs of a job never overlap, and closing waits for the current run. */
import type { Log } from './log.ts';

export interface ScheduledJob {
  /** For the log when a run fails. A failure does not stop the schedule. */
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
  const timer = setInterval(() => {
    running ??= run()
      .catch((err) => log.error({ err }, `${name} failed`))
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
