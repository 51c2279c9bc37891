/** A promise with a time-out. */

/** @returns undefined when `work` takes longer; its result is then ignored */
export async function withTimeout<Out>(work: Promise<Out>, timeoutMs: number): Promise<Out | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
