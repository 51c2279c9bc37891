/** Asks a running server every question, and how long somebody else waits meanwhile. */
import { Agent, request as send } from 'node:http';
import { agentApi, clientApi } from '@hoory/contract';
import { type Child, startChild } from '../child.ts';
import { toMedian } from '../figures.ts';
import type { Ask } from './account.ts';
import { type Call, toCall } from './call.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';
import type { Question, Scene } from './question.ts';
import { openRandom, type Random } from './random.ts';
import type { Site } from './site.ts';
import type { Receivers } from './upkeep.ts';

export interface Measured {
  name: string;
  /** Median of all answers, in milliseconds. */
  ms: number;
  /** The fastest answer: on a busy machine it says more about the server than the median. */
  fastest_ms: number;
  /** Size of the last answer without headers. */
  bytes: number;
  /** Milliseconds that somebody else waited at most while one answer was made: the median of all answers, and the longest. */
  wait_ms: number;
  longest_wait_ms: number;
  /** Answers with 503: the question took longer than the server lets it. */
  refused: number;
}

/** A question is not asked again once it has taken so many milliseconds altogether. */
const mostMs = 1500;
/** Fewer answers have no median worth the name. */
const fewestTurns = 3;

export interface Measuring {
  url: string;
  site: Site;
  questions: readonly Question[];
  receivers: Receivers;
  /** How often each question is asked at most, beside once before it counts. */
  turns: number;
  /** Called with each line of progress. */
  tell(line: string): void;
}

/** @throws Error when a question is answered with another status than 2xx */
export async function measure({ questions, receivers, tell, ...given }: Measuring): Promise<Measured[]> {
  const { url, site, turns } = given;
  const ask = openAsk(url);
  // Another seed in each run: a kept account has the contacts already that the run before has made.
  const random = openRandom(Date.now());
  await renewWebhooks(ask, site, receivers);
  const probe = startChild<ProbeRequest, ProbeAnswer>('probe');
  try {
    await probe.ask({ do: 'start', url: `${url}${pathOfLeast(site)}` });
    const measured = [await measureIdle(probe, turns)];
    for (const question of questions) {
      measured.push(await measureOne({ ...given, ask, random, probe, question }));
      if (measured.length % 20 === 0) tell(`${measured.length} of ${questions.length} questions`);
    }
    await probe.ask({ do: 'stop' });
    return measured;
  } finally {
    await probe.stop();
  }
}

/** The receivers listen at other ports than when the account was filled. */
async function renewWebhooks(ask: Ask, site: Site, { answering, refusing }: Receivers): Promise<void> {
  const { account_id, administrator, webhooks } = site;
  for (const [id, address] of [
    [webhooks.answering, answering],
    [webhooks.refusing, refusing],
  ] as const)
    await ask(agentApi.agentUpdateWebhook, { account_id, id, url: address }, administrator.token);
}

/** The request of the probe: a customer reads the own session, by its key. */
function pathOfLeast({ long_conversation: { inbox_identifier, source_id } }: Site): string {
  return toCall(clientApi.getContact, { inbox_identifier, contact_identifier: source_id }, undefined).path;
}

interface One extends Pick<Measuring, 'url' | 'site' | 'turns'> {
  ask: Ask;
  random: Random;
  probe: Child<ProbeRequest, ProbeAnswer>;
  question: Question;
}

/** How long the probe waits while nobody else asks: what the machine itself makes of it. */
async function measureIdle(probe: One['probe'], turns: number): Promise<Measured> {
  const waits: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    waits.push(await probe.ask({ do: 'take' }));
  }
  return { name: idle, ms: 0, fastest_ms: 0, bytes: 0, ...toWaits(waits), refused: 0 };
}

export const idle = '(nobody else asks)';

const toWaits = (waits: readonly number[]) => ({
  wait_ms: toMedian(waits),
  longest_wait_ms: Math.max(...waits),
});

/** The first answer is not counted: it prepares statements and fills caches. */
async function measureOne({ url, site, turns, ask, random, probe, question }: One): Promise<Measured> {
  const times: number[] = [];
  const waits: number[] = [];
  let bytes = 0;
  let spent = 0;
  let refused = 0;
  for (let turn = 0; turn <= Math.min(turns, question.turns ?? turns); turn++) {
    const call = await question.toCall(toScene({ site, ask, random, turn }));
    await probe.ask({ do: 'take' });
    const asked = performance.now();
    const answer = await sendCall(url, call);
    const ms = performance.now() - asked;
    const wait = await probe.ask({ do: 'take' });
    bytes = answer.body.length;
    if (answer.status === 503) refused++;
    else if (answer.status >= 300) throw toError(call, answer);
    if (turn === 0 && question.turns !== 1) continue;
    times.push(ms);
    waits.push(wait);
    spent += ms;
    if (question.turns === 1 || (spent > mostMs && times.length >= fewestTurns)) break;
  }
  return {
    name: question.name,
    ms: toMedian(times),
    fastest_ms: Math.min(...times),
    bytes,
    ...toWaits(waits),
    refused,
  };
}

function toScene({ turn, ...rest }: Pick<Scene, 'site' | 'ask' | 'random' | 'turn'>): Scene {
  const { samples, agents, long_conversation, administrator } = rest.site;
  return {
    ...rest,
    turn,
    sample: samples[(turn * 7) % samples.length] ?? long_conversation,
    agent: agents[turn % agents.length] ?? administrator,
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

interface Answer {
  status: number;
  body: Buffer;
}

const toError = ({ method, path }: Call, { status, body }: Answer) =>
  new Error(`${method} ${path} was answered ${status}: ${body.toString()}`);

function sendCall(url: string, { method, path, headers, body }: Call): Promise<Answer> {
  // Node sends the body of a DELETE without its end unless the request has its length.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { method, headers: { ...headers, ...length }, agent };
  return new Promise((resolve, reject) => {
    const request = send(`${url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends requests that prepare a question. */
const openAsk =
  (url: string): Ask =>
  async (endpoint, input, token) => {
    const call = toCall(endpoint, input, token);
    const answer = await sendCall(url, call);
    if (answer.status >= 300) throw toError(call, answer);
    return answer.body.length ? JSON.parse(answer.body.toString()) : undefined;
  };
