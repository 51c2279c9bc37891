/** Agents over HTTP: they reply, write notes, send forms, assign, label, resolve, mark and delete. */
import { numberOrNone, objectOf } from '../json.ts';
import type { Random } from '../random.ts';
import { sleep } from '../wait.ts';
import { insist, type Request } from './http.ts';
import {
  type AgentAccess,
  accountPath,
  type KnownConversation,
  type Office,
  pickConversation,
} from './office.ts';

interface Agent {
  name: string;
  access: AgentAccess;
  random: Random;
  numbered(what: string): string;
}

/** An agent who works until the time of faults has ended. */
export async function workAsAgent(
  office: Office,
  { name, access, random }: Pick<Agent, 'name' | 'access' | 'random'>,
): Promise<void> {
  let count = 0;
  const agent = { name, access, random, numbered: (what: string) => `${what}:${name}:${++count}` };
  while (!office.isOver()) {
    const conversation = pickConversation(office, random);
    if (conversation) await act(office, agent, conversation);
    await sleep(random.between(50, 300));
  }
}

async function act(office: Office, agent: Agent, conversation: KnownConversation): Promise<void> {
  const { random, numbered } = agent;
  const roll = random.below(100);
  const post = (operation: 'message' | 'note', body: object) =>
    write(office, agent, { conversation, operation, body });
  if (roll < 50) return post('message', {});
  if (roll < 65) return post('note', { private: true });
  if (roll < 70) return post('message', form);
  if (roll < 75) return remove(office, agent, conversation);
  if (roll < 80) return mark(office, agent, conversation);
  const [operation, path, body] = random.pick(changes(agent));
  const key = numbered(operation);
  await send(office, agent, {
    sent: { key, operation, conversation: conversation.id },
    what: { method: 'POST', path: `${pathOf(office, conversation)}/${path}`, body },
  });
}

const form = {
  content_type: 'input_select',
  content_attributes: {
    items: [
      { title: 'Yes', value: 'yes' },
      { title: 'No', value: 'no' },
    ],
  },
};

const changes = ({ access, random }: Agent) =>
  [
    ['status', 'toggle_status', { status: 'resolved' }],
    ['status', 'toggle_status', { status: 'open' }],
    ['status', 'toggle_status', { status: 'pending' }],
    ['change', 'assignments', { assignee_id: random.chance(50) ? access.user_id : 0 }],
    ['change', 'labels', { labels: [`label-${random.below(5)}`] }],
    ['change', 'update_last_seen', {}],
    ['change', 'unread', {}],
  ] as const;

/** A reply or a note. */
async function write(
  office: Office,
  agent: Agent,
  {
    conversation,
    operation,
    body,
  }: { conversation: KnownConversation; operation: 'message' | 'note'; body: object },
): Promise<void> {
  conversation.recent.push(performance.now());
  const key = agent.numbered(operation === 'note' ? 'note' : 'said');
  const what = {
    method: 'POST',
    path: `${pathOf(office, conversation)}/messages`,
    body: { content: key, echo_id: key, ...body },
  };
  const sent = { key, operation, conversation: conversation.id };
  const id = numberOrNone(objectOf(await send(office, agent, { sent, what })).id);
  if (id === undefined) return;
  if (body === form) conversation.forms.push(id);
  else if (operation === 'message') conversation.replies.push({ id, user_id: agent.access.user_id });
  if (agent.random.chance(5)) await send(office, agent, { sent, what });
}

async function remove(office: Office, agent: Agent, conversation: KnownConversation): Promise<void> {
  const reply = conversation.replies.shift();
  if (!reply) return;
  await send(office, agent, {
    sent: {
      key: agent.numbered('delete'),
      operation: 'delete',
      conversation: conversation.id,
      message: reply.id,
    },
    what: { method: 'DELETE', path: `${pathOf(office, conversation)}/messages/${reply.id}` },
  });
}

/** An integration marks a message as delivered. */
async function mark(office: Office, agent: Agent, conversation: KnownConversation): Promise<void> {
  const reply = conversation.replies.at(-1);
  if (!reply) return;
  await send(office, agent, {
    sent: {
      key: agent.numbered('change'),
      operation: 'change',
      conversation: conversation.id,
      message: reply.id,
    },
    what: {
      method: 'PATCH',
      path: `${pathOf(office, conversation)}/messages/${reply.id}`,
      body: { status: 'delivered' },
    },
  });
}

type SentByAgent = Pick<Parameters<typeof insist>[1], 'key' | 'operation' | 'conversation' | 'message'>;

function send(
  office: Office,
  agent: Agent,
  { sent, what }: { sent: SentByAgent; what: Request },
): Promise<unknown> {
  const token = { api_access_token: agent.access.access_token };
  const headers = what.method === 'POST' ? { ...token, 'idempotency-key': sent.key } : token;
  return insist(office.insisting, { ...sent, actor: agent.name }, { ...what, headers });
}

const pathOf = (office: Office, { id }: KnownConversation): string =>
  `${accountPath(office)}/conversations/${id}`;
