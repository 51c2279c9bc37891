/** Work that is repeated in the background: one round at a time, and closing waits for the round that runs. */
import type { Log } from './log.ts';

export interface Round {
  /** For the log, when a round fails; the next one is tried all the same. */
  name: string;
  /** Milliseconds between the starts of two rounds; one that takes longer delays the next. */
  every: number;
  work(): Promise<unknown>;
}

export interface Rounds {
  /** Ends the repetition and waits for the round that runs. */
  close(): Promise<void>;
}

/** Starts the repetition. The timer keeps no process alive. */
export function openRounds(log: Log, { name, every, work }: Round): Rounds {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch((err) => log.error({ err }, `${name} failed`))
      .finally(() => {
        running = undefined;
      });
  }, every);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
