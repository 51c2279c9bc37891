/**
 * The mixed work of an office over HTTP: contacts, conversations, messages, answers, private notes, assignments, labels and
 * resolutions, with notifications, sockets of agents and of a customer, and a webhook that answers.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { agentApi, type Endpoint, type Input } from '@hoory/contract';
import type { App } from '../../app.ts';
import { newPassword } from '../../auth/password.ts';
import { newUuid } from '../../secrets.ts';
import { type SetUp, setUp, setUpAgent } from '../../setup.ts';
import { startChild } from '../child.ts';
import { addCustomers } from '../fixture.ts';
import { find, numberAt, toCall } from '../growth/call.ts';
import type { Agent, Office, PeopleAnswer, PeopleRequest, Worked } from './people.ts';

export interface Workload {
  readonly office: Office;
  /** Cable identifiers of its agents and of the customer with a socket. */
  readonly identifiers: readonly string[];
  /**
   * Works for so many milliseconds, and until the conversations begun by then are resolved.
   * @param rate requests a second; as many as the server answers when left out
   */
  work(time: number, rate?: number): Promise<Worked>;
  /** Resolves when no delivery to the webhook is due. */
  delivered(): Promise<void>;
  close(): Promise<void>;
}

const agentCount = 4;
const labels = ['billing', 'delivery', 'returns', 'praise'];

/**
 * Adds an account with its people to a started server.
 * @param connections of the people, each with one request at a time
 */
export async function openWorkload(app: App, connections: number): Promise<Workload> {
  const people = startChild<PeopleRequest, Partial<PeopleAnswer>>('people');
  try {
    const { receiver = '' } = await people.ask({ do: 'listen' });
    const { office, identifiers } = await openOffice(app, receiver);
    const port = Number(new URL(app.url()).port);
    await people.ask({ do: 'subscribe', port, identifiers });
    return {
      office,
      identifiers,
      work: async (time, rate) => {
        const { work } = await people.ask({
          do: 'work',
          port,
          office,
          connections,
          time,
          ...(rate !== undefined && { rate }),
        });
        if (!work?.requests) throw new Error('nothing was done');
        return work;
      },
      delivered: () => waitForDeliveries(app, office),
      close: () => people.stop(),
    };
  } catch (error) {
    await people.stop();
    throw error;
  }
}

/** Assignment is by hand, so that each conversation has one; people, labels and the webhook are made over the API. */
async function openOffice(app: App, receiver: string): Promise<{ office: Office; identifiers: string[] }> {
  const made = await setUp(app, {
    account: 'Office',
    email: 'office@example.test',
    password: newPassword(),
    inbox: 'Office',
  });
  const { account_id, inbox, user } = made;
  const administrator = { id: user.id, token: user.access_token };
  const ask = openAsk(app, administrator.token);
  await ask(agentApi.agentUpdateInbox, { account_id, id: inbox.id, enable_auto_assignment: false });
  for (const title of labels) await ask(agentApi.agentCreateLabel, { account_id, title });
  await ask(agentApi.agentCreateWebhook, {
    account_id,
    url: receiver,
    subscriptions: ['conversation_created', 'conversation_status_changed', 'message_created'],
  });
  const { agents, identifiers } = await addAgents(app, made);
  const regular = newUuid();
  const customers = await addCustomers(app, made, [{ name: 'Regular', source_id: regular }]);
  const inbox_identifier = inbox.identifier;
  const office = { account_id, inbox_identifier, administrator, agents, labels, regular };
  return { office, identifiers: [...identifiers, ...customers] };
}

async function addAgents(
  app: App,
  { account_id, inbox }: SetUp,
): Promise<{ agents: Agent[]; identifiers: string[] }> {
  const agents: Agent[] = [];
  const identifiers: string[] = [];
  for (let number = 1; number <= agentCount; number++) {
    const { id, access_token, pubsub_token } = await setUpAgent(app, {
      account: account_id,
      email: `office-${number}@example.test`,
      name: `Agent ${number}`,
      password: newPassword(),
      role: 'agent',
      inboxes: [inbox.id],
    });
    agents.push({ id, token: access_token });
    identifiers.push(JSON.stringify({ channel: 'RoomChannel', pubsub_token, account_id, user_id: id }));
  }
  return { agents, identifiers };
}

type Ask = <E extends Endpoint>(endpoint: E, input: Input<E> & object) => Promise<unknown>;

function openAsk(app: App, token: string): Ask {
  return async (endpoint, input) => {
    const { path, ...request } = toCall(endpoint, input, token);
    const answer = await fetch(app.url() + path, request);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${request.method} ${path} was answered ${answer.status}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}

async function waitForDeliveries(app: App, { account_id, administrator }: Office): Promise<void> {
  const ask = openAsk(app, administrator.token);
  for (;;) {
    const endpoints = find(await ask(agentApi.agentListWebhookEndpoints, { account_id }), 'payload');
    if (!Array.isArray(endpoints)) throw new Error('no list of endpoints was answered');
    if (endpoints.every((endpoint) => numberAt(endpoint, 'pending') === 0)) return;
    await wait(50);
  }
}
