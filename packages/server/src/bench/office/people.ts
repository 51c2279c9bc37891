/**
 * Entry of a process of its own: the customers and agents of an office, their sockets, and the receiver of its webhook. Each
 * connection takes one conversation after another from its first request to its end.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { agentApi, clientApi, type Endpoint, type Input } from '@hoory/contract';
import { newUuid } from '../../secrets.ts';
import { answerOf, postOf } from '../answer.ts';
import { answerParent } from '../child.ts';
import { quantileOf } from '../figures.ts';
import { numberAt, textAt, toCall } from '../growth/call.ts';
import { listenLocally } from '../listen.ts';
import { openRawSocket } from '../raw-socket.ts';

export type PeopleRequest =
  | { do: 'listen' }
  | { do: 'subscribe'; port: number; identifiers: string[] }
  | Working;

/** The account whose conversations are worked on. */
export interface Office {
  account_id: number;
  inbox_identifier: string;
  administrator: Agent;
  agents: Agent[];
  labels: string[];
  /** `source_id` of a customer with a socket, who comes back again and again. */
  regular: string;
}

export interface Agent {
  id: number;
  token: string;
}

export interface Working {
  do: 'work';
  port: number;
  office: Office;
  connections: number;
  /** No conversation is begun after so many milliseconds. */
  time: number;
  /** Requests a second, begun at an even rate; as many as the server answers when left out. */
  rate?: number;
}

export interface PeopleAnswer {
  /** Address of the webhook. */
  receiver: string;
  work: Worked;
}

export interface Worked {
  requests: number;
  conversations: number;
  /** Messages of customers and agents, private notes among them. */
  messages: number;
  /** Milliseconds until the last conversation was resolved. */
  time: number;
  /** Frames that the sockets received. */
  frames: number;
  /** Milliseconds of the requests that took longest: one of two, and one of a hundred, took as long or longer. */
  p50_ms: number;
  p99_ms: number;
}

let frames = 0;

answerParent<PeopleRequest, Partial<PeopleAnswer>>(async (request) => {
  if (request.do === 'listen') return { receiver: await listen() };
  if (request.do === 'work') return { work: await work(request) };
  await Promise.all(request.identifiers.map((identifier) => subscribe(request.port, identifier)));
  return {};
});

async function listen(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('{}'));
  });
  return `http://127.0.0.1:${await listenLocally(server)}/`;
}

async function subscribe(port: number, identifier: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const hear = (payload: Buffer) => {
      frames++;
      if (payload.includes('confirm_subscription')) resolve();
    };
    openRawSocket({ port, protocol: 'actioncable-v1-ext-json', hear }).then(
      (socket) => socket.send(JSON.stringify({ command: 'subscribe', identifier })),
      reject,
    );
  });
}

async function work({
  port,
  office,
  connections,
  time,
  rate = Number.POSITIVE_INFINITY,
}: Working): Promise<Worked> {
  const counts: Counts = { conversations: 0, messages: 0, latencies: [] };
  const [started, framesBefore] = [performance.now(), frames];
  const desk = async (_: unknown, nth: number) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    socket.on('close', failWhenLost);
    const ask = openAsk(socket, counts);
    for (;;) {
      const number = counts.conversations;
      const beginsAt = Math.max(performance.now(), started + (number * requestsEach * 1000) / rate);
      if (beginsAt >= started + time) break;
      counts.conversations++;
      await wait(beginsAt - performance.now());
      await converse(ask, office, { isRegular: nth === 0, number });
      counts.messages += messagesEach;
    }
    socket.off('close', failWhenLost).destroy();
  };
  await Promise.all(Array.from({ length: connections }, desk));
  const { latencies, ...others } = counts;
  latencies.sort((a, b) => a - b);
  return {
    ...others,
    requests: latencies.length,
    time: performance.now() - started,
    frames: frames - framesBefore,
    p50_ms: quantileOf(latencies, 0.5),
    p99_ms: quantileOf(latencies, 0.99),
  };
}

interface Counts {
  conversations: number;
  messages: number;
  /** Milliseconds of each request. */
  latencies: number[];
}

/** Sends a POST of this user, or of a customer when there is no token. @returns the answer. @throws unless it is 2xx */
type Ask = <E extends Endpoint>(endpoint: E, input: Input<E> & object, token?: string) => Promise<unknown>;

const openAsk =
  (socket: Socket, { latencies }: Counts): Ask =>
  async (endpoint, input, token) => {
    const { path, body = '{}' } = toCall(endpoint, input, token);
    const asked = performance.now();
    socket.write(postOf(path, body, token));
    const { status, body: answer } = await answerOf(socket);
    if (status >= 300) throw new Error(`POST ${path} was answered ${status}: ${answer}`);
    latencies.push(performance.now() - asked);
    return answer ? JSON.parse(answer) : undefined;
  };

/** An uncaught error ends this process, and the measurement with it. */
const failWhenLost = (): never => {
  throw new Error('the server closed a connection');
};

/** Messages and requests of one call of `converse`. */
const messagesEach = 5;
const requestsEach = 10;

/** Ten requests: a customer asks, an agent is assigned and answers, the customer goes on, the agent notes and resolves. */
async function converse(
  ask: Ask,
  { account_id, inbox_identifier, administrator, agents, labels, regular }: Office,
  { isRegular, number }: { isRegular: boolean; number: number },
): Promise<void> {
  const entered = await ask(
    clientApi.createContact,
    isRegular ? { inbox_identifier, source_id: regular } : { inbox_identifier, name: `Customer ${number}` },
  );
  const session = { inbox_identifier, contact_identifier: textAt(entered, 'source_id') };
  const conversation_id = numberAt(await ask(clientApi.createConversation, session), 'id');
  const say = (content: string) =>
    ask(clientApi.postMessage, { ...session, conversation_id, content, echo_id: newUuid() });
  const at = { account_id, conversation_id };
  const agent = agents[number % agents.length] ?? administrator;
  const answer = (content: string, isNote: boolean) =>
    ask(agentApi.agentPostMessage, { ...at, content, private: isNote, echo_id: newUuid() }, agent.token);
  await say('Hello, where is my order?');
  await say('I ordered it a week ago, and it should be here by now.');
  await ask(agentApi.agentAssignConversation, { ...at, assignee_id: agent.id }, administrator.token);
  await answer('It has left our house yesterday, and will be there tomorrow.', false);
  await say('Thank you');
  await answer('Parcel 4711, lost once before.', true);
  const label = labels[number % labels.length];
  await ask(agentApi.agentSetConversationLabels, { ...at, labels: label ? [label] : [] }, agent.token);
  await ask(agentApi.agentToggleStatus, { ...at, status: 'resolved' }, agent.token);
}
