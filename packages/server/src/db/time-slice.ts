/** Long work of the main thread in short pieces, between which others have theirs. */

/** Milliseconds of one piece. */
const sliceMs = 8;

export interface TimeSlice {
  /** Resolves at once while the piece is short, otherwise in a later turn of the event loop. */
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
