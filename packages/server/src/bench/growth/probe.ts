/** Entry of a process of its own: somebody who asks the least there is, again and again, and notes how long it takes. */
import { type ClientRequest, get, Agent as HttpAgent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answerParent } from '../child.ts';

export type ProbeRequest = { do: 'start'; url: string } | { do: 'take' } | { do: 'stop' };

/** Milliseconds that the longest answer took since the last request to this process. */
export type ProbeAnswer = number;

/** Milliseconds between an answer and the next question: the server is to be busy with what is measured. */
const pause = 1;

const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
let longest = 0;
let isRunning = false;
/** The question that is open, or the pause after it. */
let round = Promise.resolve();

async function run(url: string): Promise<void> {
  while (isRunning) {
    round = ask(url);
    await round;
    await wait(pause);
  }
}

async function ask(url: string): Promise<void> {
  const asked = performance.now();
  await new Promise<void>((resolve, reject) => {
    const request: ClientRequest = get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`the probe was answered ${response.statusCode}`)),
      );
    });
    request.on('error', reject);
  });
  longest = Math.max(longest, performance.now() - asked);
}

answerParent<ProbeRequest, ProbeAnswer>(async (request) => {
  if (request.do === 'start') {
    isRunning = true;
    void run(request.url);
  }
  // A question that is open counts with all of its time.
  await round;
  if (request.do === 'stop') isRunning = false;
  const taken = longest;
  longest = 0;
  return taken;
});
