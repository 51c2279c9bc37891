/** The event loop's delay is measured, and its cause is named when one is known. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DelayCause, type LoopDelay, openLoopDelay } from './loop-delay.ts';

let loop: LoopDelay;
let samples: { delayMs: number; cause: DelayCause }[];

beforeEach(() => {
  samples = [];
  loop = openLoopDelay((delayMs, cause) => samples.push({ delayMs, cause }));
});
afterEach(() => loop.close());

/** Causes of delays that are longer than any that a busy machine makes by itself in this test. */
const causesOfLongDelays = () => samples.filter(({ delayMs }) => delayMs >= 200).map(({ cause }) => cause);

function holdLoop(ms: number): void {
  for (const start = performance.now(); performance.now() - start < ms; );
}

/** Holds the event loop by `work` in a turn of its own, and waits until a sample has noticed it. */
async function delayBy(work: () => void): Promise<void> {
  await expect.poll(() => samples.length).toBeGreaterThan(0);
  samples.length = 0;
  await new Promise((resolve) => setImmediate(resolve));
  work();
  await expect.poll(causesOfLongDelays).not.toEqual([]);
}

it('measures a delay without a known cause', async () => {
  await delayBy(() => holdLoop(400));
  expect(causesOfLongDelays()).toEqual(['other']);
});

it('names a long transaction', async () => {
  await delayBy(() => {
    holdLoop(400);
    loop.noteWrite(400);
  });
  expect(causesOfLongDelays()).toEqual(['write']);
});

it('names a background job, also one that has ended', async () => {
  await delayBy(() => void loop.whileInBackground(async () => holdLoop(400)));
  expect(causesOfLongDelays()).toEqual(['background']);
});

it('names the collection of garbage', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const kept = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
  await delayBy(() => {
    for (const start = performance.now(); performance.now() - start < 400; ) collect();
  });
  expect(causesOfLongDelays()).toEqual(['garbage_collection']);
  expect(kept.length).toBe(1_000_000);
});
