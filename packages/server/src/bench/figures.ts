/** How measurements are summed up. */

/** The middle of the figures; one noisy round does not move it. */
export const toMedian = (figures: readonly number[]): number =>
  [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;

/** The figure that the given part of all figures does not exceed. @param sorted ascending */
export const quantileOf = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** To three digits after the point. */
export const ratioOf = (own: number, bare: number): number => Math.round((own / bare) * 1000) / 1000;
