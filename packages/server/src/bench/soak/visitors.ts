/** Entry of a process of its own: sockets that come and go, and agents who search, filter and open reports. */
import { setTimeout as wait } from 'node:timers/promises';
import { agentApi, type Endpoint, type Input } from '@hoory/contract';
import { answerParent } from '../child.ts';
import { toCall } from '../growth/call.ts';
import type { Office } from '../office/people.ts';
import { openRawSocket } from '../raw-socket.ts';

export type VisitorsRequest =
  | { do: 'start'; url: string; office: Office; identifiers: readonly string[] }
  /** Counts since the last request. */
  | { do: 'take' };

export interface VisitorsAnswer {
  /** Sockets that were opened, subscribed and closed. */
  visits: number;
  questions: number;
  /** Milliseconds of the slowest question. */
  longest_ms: number;
}

/** Milliseconds between two questions, and between two sockets. */
const questionEveryMs = 500;
const visitEveryMs = 200;
/** Milliseconds for which a socket stays. */
const stayMs = { least: 100, most: 20_000 };

const none = (): VisitorsAnswer => ({ visits: 0, questions: 0, longest_ms: 0 });
let counts = none();

type Start = Extract<VisitorsRequest, { do: 'start' }>;

answerParent<VisitorsRequest, VisitorsAnswer>(async (request) => {
  if (request.do === 'start') {
    await Promise.all([visit(request), ask(request, 0)]);
    setInterval(() => void visit(request), visitEveryMs);
    void askOn(request);
  }
  const taken = counts;
  counts = none();
  return taken;
});

/** A rejection ends this process, and the soak with it. */
async function visit({ url, identifiers }: Start): Promise<void> {
  const identifier = identifiers[Math.floor(Math.random() * identifiers.length)];
  let confirm = (): void => {};
  const confirmed = new Promise<void>((resolve) => {
    confirm = resolve;
  });
  const socket = await openRawSocket({
    port: Number(new URL(url).port),
    protocol: 'actioncable-v1-ext-json',
    hear: (payload) => payload.includes('confirm_subscription') && confirm(),
  });
  socket.send(JSON.stringify({ command: 'subscribe', identifier }));
  await confirmed;
  counts.visits++;
  await wait(stayMs.least + Math.random() * (stayMs.most - stayMs.least));
  socket.close();
}

async function askOn(start: Start): Promise<void> {
  for (let number = 1; ; number++) {
    await wait(questionEveryMs);
    await ask(start, number);
  }
}

async function ask({ url, office }: Start, number: number): Promise<void> {
  const { path, method, headers, body } = questions[number % questions.length]?.(office) ?? search(office);
  const asked = performance.now();
  const answer = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
  await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
  counts.questions++;
  counts.longest_ms = Math.max(counts.longest_ms, performance.now() - asked);
}

const callOf = <E extends Endpoint>({ administrator }: Office, endpoint: E, input: Input<E> & object) =>
  toCall(endpoint, input, administrator.token);

const search = (office: Office) =>
  callOf(office, agentApi.agentSearchMessages, { account_id: office.account_id, q: 'order' });

const questions = [
  search,
  (office: Office) =>
    callOf(office, agentApi.agentListConversations, {
      account_id: office.account_id,
      status: 'resolved',
      q: 'week ago',
    }),
  (office: Office) =>
    callOf(office, agentApi.agentListConversations, {
      account_id: office.account_id,
      status: 'all',
      labels: office.labels.slice(0, 1),
      page: 3,
    }),
  (office: Office) =>
    callOf(office, agentApi.agentGetReportSummary, {
      account_id: office.account_id,
      type: 'account',
      since: Math.floor(Date.now() / 1000) - 86_400,
      until: Math.floor(Date.now() / 1000),
    }),
];
