/** A work of one caller as a batch verb, so that lanes know one kind of job. */
import type { BatchVerb, Tx } from './db.ts';

/** Wraps `work`; every call is a verb of its own and never groups with another. */
export const single =
  <Out>(work: (tx: Tx) => Promise<Out>): BatchVerb<undefined, Out> =>
  async (tx) => [{ answer: await work(tx) }];
