/** Fills an account with a year of use over the routes of the API, faster than a year passes. */
import type { Config } from '../../config.ts';
import { type Server, startServer } from '../../main.ts';
import { type Ask, openAccount } from './account.ts';
import { toCall } from './call.ts';
import { beginTalk, endTalk, type Filling, say, type Talk } from './conversation.ts';
import { openRandom, type Random } from './random.ts';
import { beginOne, enterRegulars, type Regulars } from './regulars.ts';
import type { SampledConversation, Site } from './site.ts';
import { day, indexAll, openUpkeep, type Receivers } from './upkeep.ts';

const year = 365 * day;
/** The last step begins so long before the end: it needs some time itself. */
const hour = day / 24;
const sampleCount = 300;
const meanLength = 9.5;
const busyCount = 1000;

export interface FillOptions {
  messages: number;
  receivers: Receivers;
  /** Called with each line of progress. */
  tell(line: string): void;
}

/** Fills the empty database of the configuration. @returns what the account is asked with */
export async function fill(config: Readonly<Config>, options: FillOptions): Promise<Site> {
  const ends = Date.now();
  const clock = openClock(ends - year);
  const server = await startServer(config, clock.now);
  try {
    const ask = openAsk(server);
    const random = openRandom(options.messages);
    const account = await openAccount(server.app, ask, random);
    const wakes_at = ends + 90 * day;
    const filling: Filling = { ask, random, account, wakes_at, customers: [], surveys: [] };
    const site = await liveAYear({ ...options, server, filling, clock, ends });
    options.tell('the rest of the search index');
    await indexAll(server);
    return site;
  } finally {
    await server.close();
  }
}

interface Clock {
  now(): number;
  /** Jumps to a time, from which the clock goes at the usual pace. */
  set(time: number): void;
}

function openClock(time: number): Clock {
  let [from, since] = [time, performance.now()];
  return {
    now: () => Math.floor(from + performance.now() - since),
    set: (to) => {
      [from, since] = [to, performance.now()];
    },
  };
}

/** Requests go through the whole server but the socket, which halves what they cost. */
function openAsk({ http }: Server): Ask {
  return async (endpoint, input, token) => {
    const { method, path, headers, body } = toCall(endpoint, input, token);
    const answer = await http.inject({
      method,
      url: path,
      headers,
      ...(body !== undefined && { payload: body }),
    });
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${answer.body}`);
    return answer.body ? JSON.parse(answer.body) : undefined;
  };
}

interface Year extends FillOptions {
  server: Server;
  filling: Filling;
  clock: Clock;
  ends: number;
}

/**
 * Goes through the year in steps, each of which begins some conversations and ends those of the step before. The clock jumps
 * between steps: leases and pauses of the server last as long as usual within one.
 */
async function liveAYear(given: Year): Promise<Site> {
  const { filling, messages, clock, ends } = given;
  const plan = planYear(filling.random, messages);
  const { steps } = plan;
  const regulars = await enterRegulars(filling);
  const samples: SampledConversation[] = [];
  let open: Talk[] = [];
  const upkeep = openUpkeep(given);
  const tellProgress = openTelling(given, steps);
  for (let step = 0; step < steps; step++) {
    const time = ends - year + ((step + 1) * year) / steps - hour;
    clock.set(time);
    await upkeep.begin((ends - time) / day);
    open = await takeStep(filling, { plan, step, regulars, open });
    const due = Math.ceil((sampleCount * (step + 1)) / steps) - samples.length;
    samples.push(...open.slice(0, due).map(toSample));
    await upkeep.end(step);
    tellProgress(step);
  }
  await Promise.all(open.map((talk) => endTalk(filling, talk)));
  return {
    messages,
    ...filling.account,
    ends_at: ends,
    webhooks: upkeep.webhooks(),
    long_conversation: toSample(regulars.talk),
    busy_customer: regulars.busy,
    samples,
    surveys: filling.surveys,
  };
}

interface Step {
  plan: YearPlan;
  step: number;
  regulars: Regulars;
  /** Conversations of the step before. */
  open: readonly Talk[];
}

/** @returns the conversations that the step has begun */
async function takeStep(filling: Filling, { plan, step, regulars, open }: Step): Promise<Talk[]> {
  const part = (total: number) => share(total, step, plan.steps);
  const lengths = plan.lengths.slice(...part(plan.lengths.length));
  const [longFrom, longTo] = part(plan.longLength);
  const [busyFrom, busyTo] = part(plan.busy);
  const [begun] = await Promise.all([
    Promise.all(lengths.map((length) => beginTalk(filling, length))),
    Promise.all(open.map((talk) => endTalk(filling, talk))),
    Promise.all(repeat(longTo - longFrom, (nth) => say(filling, regulars.talk, nth % 2 === 0))),
    Promise.all(repeat(busyTo - busyFrom, () => beginOne(filling, regulars.busy))),
  ]);
  return begun;
}

/** Tells the progress about twenty times in the year. */
function openTelling({ messages, tell }: FillOptions, steps: number): (step: number) => void {
  const started = performance.now();
  return (step) => {
    if (step % Math.ceil(steps / 20)) return;
    const written = Math.floor((messages * (step + 1)) / steps);
    const perSecond = Math.round((1000 * written) / (performance.now() - started));
    tell(`${written} of ${messages} messages, ${perSecond} a second`);
  };
}

type YearPlan = ReturnType<typeof planYear>;

/** How long conversations are, and how many steps the year has. All messages together are as many as asked for. */
export function planYear(random: Random, messages: number) {
  const busy = Math.min(busyCount, Math.floor(messages / 10));
  const longLength = Math.floor(messages / 20);
  const lengths: number[] = [];
  for (let left = messages - busy - longLength; left > 0; ) {
    const length = Math.min(left, 1 + Math.floor(-Math.log(1 - random.next()) * meanLength));
    lengths.push(length);
    left -= length;
  }
  // Conversations of one step run side by side, and their writes share commits: few steps fill faster.
  const steps = Math.floor(Math.max(2, Math.min(lengths.length / 2, messages / 100, 1000)));
  return { lengths, longLength, busy, steps };
}

/** Which of `total` things belong to a step: from, and up to. */
const share = (total: number, step: number, steps: number): [number, number] => [
  Math.floor((total * step) / steps),
  Math.floor((total * (step + 1)) / steps),
];

const repeat = <Out>(count: number, work: (nth: number) => Promise<Out>): Promise<Out>[] =>
  Array.from({ length: count }, (_, nth) => work(nth));

const toSample = ({ inbox_identifier, source_id, contact_id, id, uuid }: Talk): SampledConversation => ({
  inbox_identifier,
  source_id,
  contact_id,
  id,
  uuid,
});
