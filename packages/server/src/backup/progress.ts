/** A line on stderr that shows how far a backup or restore is. */

export interface Progress {
  /** @param done bytes of `total` */
  say(step: string, done?: number, total?: number): void;
  /** Removes the line. */
  end(): void;
}

const pauseMs = 100;
const eraseLine = '\r\x1b[K';

/** @returns undefined unless stderr is a terminal */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress | undefined {
  if (!stream.isTTY) return undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    say: (step, done, total) => {
      if (performance.now() - shownAt < pauseMs) return;
      shownAt = performance.now();
      const share =
        done !== undefined && total ? ` ${Math.min(100, Math.floor((100 * done) / total))} %` : '';
      stream.write(`${eraseLine}${step}${share}`);
    },
    end: () => void stream.write(eraseLine),
  };
}
