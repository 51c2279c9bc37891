/** Repeated background jobs: runs of a job never overlap, and closing waits for the current run. */
import type { Log } from './log.ts';

export interface ScheduledJob {
  /** For the log when a run fails; the next run starts all the same. */
  name: string;
  /** Between the starts of two runs; a run that takes longer delays the next. */
  everyMs: number;
  run(): Promise<unknown>;
}

export interface Schedule {
  /** Stops the timer and waits for the current run. */
  close(): Promise<void>;
}

/** Starts the timer, which keeps no process alive. */
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
