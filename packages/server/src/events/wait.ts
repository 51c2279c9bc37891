/** Waits until a stream has a new entry, for long polls (`feed.ts`). */
import type { App } from '../app.ts';
import { accessStream } from './access.ts';

/** After a gap all long polls read the log, at different times within these milliseconds. */
const gapSpreadMs = 500;

export interface Waiter {
  /** Resolves when each later entry of these streams, and each change of access, will end `wake`. The log is read after that. */
  follow(streams: readonly string[]): Promise<void>;
  /** Resolves when there is or may be such an entry, when `signal` aborts, or after `timeoutMs`. */
  wake(timeoutMs: number): Promise<void>;
  stop(): void;
}

/** Subscribes to the bus at once, so that no event between the read and the wait is missed. */
export function waitFor({ bus }: Pick<App, 'bus'>, signal: AbortSignal): Waiter {
  // From the start: the streams of the caller are read next, and a change after that must end the wait.
  const followed = new Set([accessStream]);
  void bus.follow([accessStream]);
  let hasMoved = false;
  let done = () => {};
  let gapTimer: NodeJS.Timeout | undefined;
  const end = () => {
    hasMoved = true;
    done();
  };
  const unsubscribe = bus.subscribe((notice) => {
    if ('transient' in notice) return;
    const moved = 'recorded' in notice ? notice.recorded : notice.moved;
    if (moved.some(({ stream }) => followed.has(stream))) end();
  });
  const stopWatchingGaps = bus.onGap(() => {
    gapTimer ??= setTimeout(end, Math.random() * gapSpreadMs);
  });
  return {
    follow: (streams) => {
      const added = streams.filter((stream) => !followed.has(stream));
      for (const stream of added) followed.add(stream);
      return bus.follow(added);
    },
    wake: (timeoutMs) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        done = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', () => done(), { once: true });
        if (hasMoved) done();
      }),
    stop: () => {
      clearTimeout(gapTimer);
      unsubscribe();
      stopWatchingGaps();
      bus.unfollow([...followed]);
    },
  };
}
