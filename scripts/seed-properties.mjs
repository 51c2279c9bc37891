/**
 * Run by vitest before each test file. Property tests get one seed, so that a run that passed passes again and a change
 * is never blamed for an input that an older one would fail as well. `HOORY_TEST_SEED=7 npm test` tries other inputs.
 */
import { configureGlobal } from 'fast-check';

const seed = process.env.HOORY_TEST_SEED ?? '1';
if (!/^\d{1,9}$/.test(seed)) throw new Error(`HOORY_TEST_SEED must be a whole number, not ${seed}`);
configureGlobal({ seed: Number(seed) });
