/** Long work on the main thread in time slices, so that requests and timers run in between. */

const sliceMs = 2;

export interface TimeSlice {
  /** Undefined while the slice lasts; afterwards a promise of the next turn of the event loop, with which a new slice begins. */
  yieldWhenUsed(): Promise<void> | undefined;
}

export function openTimeSlice(): TimeSlice {
  let started = performance.now();
  return {
    yieldWhenUsed: () => {
      if (performance.now() - started < sliceMs) return undefined;
      return yieldToEventLoop().then(() => {
        started = performance.now();
      });
    },
  };
}

export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
