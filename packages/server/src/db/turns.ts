/** Long work of the main thread in short pieces, between which others have theirs. */

/** Milliseconds of one piece. */
const longest = 8;

export interface Turns {
  /** Resolves at once while the piece is short, otherwise in a later turn of the event loop. */
  pass(): Promise<void> | undefined;
}

export function openTurns(): Turns {
  let started = performance.now();
  return {
    pass: () => {
      if (performance.now() - started < longest) return undefined;
      return nextTurn().then(() => {
        started = performance.now();
      });
    },
  };
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
