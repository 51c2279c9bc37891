/** Runs the load beside the measured server, in a thread that shares nothing with it. */
import { Worker } from 'node:worker_threads';
import type { Posted, Posting } from './poster.ts';

/** Posts for a while. @returns messages per second. @throws when any was refused: a figure of refusals is none */
export async function load(posting: Posting): Promise<number> {
  const { done, refused, time } = await run(posting);
  if (refused || !done) throw new Error(`${refused} of ${refused + done} messages were refused`);
  return (done * 1000) / time;
}

function run(workerData: Posting): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./poster.js', import.meta.url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
