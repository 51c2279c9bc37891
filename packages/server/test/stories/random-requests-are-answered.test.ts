/**
 * Random requests to every endpoint: none breaks the server, none stops it, and what was taken is shown as it was sent.
 * `HOORY_FUZZ_REQUESTS` and `HOORY_FUZZ_SEED` make the run longer or another one; `npm run fuzz` sets them.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { request as send } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from '../../../contract/test/strict.ts';
import { openRandom } from '../../src/bench/growth/random.ts';
import { type AccountFixture, createAccount } from '../fixtures/account.ts';
import { createConversation } from '../fixtures/conversation.ts';
import { changedFields } from '../random/echo.ts';
import { Known, type RandomRequest, randomRequest } from '../random/requests.ts';
import { engines, startTestServer, type TestServer } from '../server.ts';

const requests = Number(process.env.HOORY_FUZZ_REQUESTS ?? 1500);
const seed = Number(process.env.HOORY_FUZZ_SEED ?? 20_241_130);
const atOnce = 8;

describe.each(engines)('random requests on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: { HOORY_LOG_LEVEL: 'silent' } });
    fixture = await createAccount(server);
  });
  afterAll(() => server.stop());

  test('are answered', { timeout: 60_000 + requests * 60 }, async () => {
    const random = openRandom(seed);
    const known = new Known();
    known.add('inbox_identifier', fixture.inbox.identifier);
    const customer = await createConversation(server, fixture);
    known.add('source_id', customer.source_id);
    const callers = [fixture.administrator, fixture.administrator, fixture.member];
    const faults: string[] = [];
    const answers = new Map<number, number>();
    const doing = new Set<string>();
    const watch = watchLoop(() =>
      faults.push(`the process was busy for 250 ms in: ${[...doing].join(', ')}`),
    );

    let left = requests;
    const worker = async () => {
      while (left-- > 0 && faults.length < 20) {
        if (left > 0 && left % 10_000 === 0) console.log(`${engine}: ${left} requests to come`);
        const request = randomRequest(random, known, { account_id: fixture.account_id, callers });
        doing.add(request.name);
        const { status, found } = await ask(server.url, request, known);
        doing.delete(request.name);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        for (const fault of found) faults.push(describeFault(request, status, fault));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    await watch.stop();
    expect(faults).toEqual([]);
    // A run of which nothing is taken would show nothing.
    expect((answers.get(200) ?? 0) / requests).toBeGreaterThan(0.2);
  });
});

async function ask(url: string, request: RandomRequest, known: Known) {
  const { path, method, headers, body } = request;
  const form = body instanceof FormData ? new Response(body) : undefined;
  const answer = await send(`${url}${path}`, {
    method: method as 'GET',
    headers: form ? { ...headers, 'content-type': form.headers.get('content-type') as string } : headers,
    body: form ? Buffer.from(await form.arrayBuffer()) : (body as string | Buffer | undefined),
  });
  const text = await answer.body.text();
  const status = answer.statusCode;
  return { status, found: faultsIn(request, { status, text }, known) };
}

function faultsIn(request: RandomRequest, { status, text }: { status: number; text: string }, known: Known) {
  if (status >= 500) return [`answered ${text.slice(0, 300)}`];
  if (status >= 300) return [];
  const { name, endpoint, sent } = request;
  if (endpoint.returns === null) return text ? [`answered ${text.slice(0, 100)} in place of nothing`] : [];
  const answer: unknown = JSON.parse(text);
  known.learn(endpoint, answer);
  return [...faultsOf(endpoint.returns, answer), ...(sent ? changedFields(name, sent, answer) : [])];
}

const describeFault = ({ name, method, path, body }: RandomRequest, status: number, fault: string) =>
  `${name}: ${method} ${path.slice(0, 300)} ${typeof body === 'string' ? body.slice(0, 500) : ''} -> ${status}: ${fault}`;

/** Calls when one turn of the event loop took 250 ms of the processor; waiting for other processes does not count. */
function watchLoop(onBusy: () => void) {
  let isOver = false;
  const turns = (async () => {
    let used = mainThreadTime();
    while (!isOver) {
      await sleep(10);
      const now = mainThreadTime();
      if (now - used > 250) onBusy();
      used = now;
    }
  })();
  return {
    stop: () => {
      isOver = true;
      return turns;
    },
  };
}

/** Milliseconds that the main thread has run, where the system tells; else those of all threads. */
function mainThreadTime(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
