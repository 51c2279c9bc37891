/** A small run in which everything was right, for tests that falsify one thing in it. */
import type { Evidence, FollowerFacts } from '../src/check/violation.ts';
import { messageState } from '../src/followers/follower.ts';
import type { Entry, Operation, Timed } from '../src/history.ts';
import type { StoredMessage } from '../src/stored/stored.ts';

export const users = { administrator: 1, agent: 2 };
export const endpoints = ['inbox'];
const source_id = 'session-of-ann';

/** Message 1 is Ann's, 2 a note, 3 an agent's reply; 4 an activity of the server. */
const written: { id: number; key: string | undefined; type: number; isPrivate?: boolean }[] = [
  { id: 1, key: 'said:ann:1', type: 0 },
  { id: 2, key: 'note:ben:1', type: 1, isPrivate: true },
  { id: 3, key: 'said:ben:2', type: 1 },
  { id: 4, key: undefined, type: 2 },
];

const messages: StoredMessage[] = written.map(({ id, key, type, isPrivate = false }) => ({
  id,
  conversation: 1,
  content: key ?? 'Ben resolved it',
  echo: key === undefined ? null : JSON.stringify(key),
  type,
  isPrivate,
  status: 'sent',
  attributes: '{}',
  createdAtMs: id,
}));

const isPublic = ({ type, isPrivate }: StoredMessage) => type !== 2 && !isPrivate;

/** Kinds with and without positions, of a customer and of an agent. */
const people = [
  { name: 'feed of ann', kind: 'feed', role: 'customer', stream: 'session' },
  { name: 'rails of ann', kind: 'rails', role: 'customer', stream: 'session' },
  { name: 'anycable of ben', kind: 'anycable', role: 'agent', stream: 'inbox' },
  { name: 'sdk of ben', kind: 'sdk', role: 'agent', stream: 'inbox' },
] as const;

/** A run without a violation; each call makes a new one, which the caller may change. */
export function makeEvidence(): Evidence {
  const followers: FollowerFacts[] = people.map(({ name, kind, role, stream }) => ({
    name,
    kind,
    role,
    source_id: role === 'customer' ? source_id : undefined,
    from: new Map([[stream, 0]]),
    to: new Map([[stream, messages.filter((message) => role === 'agent' || isPublic(message)).length]]),
  }));
  const entries: Entry[] = [
    ...sendAndAcknowledge({ key: 'contact:ann', operation: 'contact', id: 9 }),
    ...sendAndAcknowledge({ key: 'conversation:ann:1', operation: 'conversation', id: 1 }),
    ...written.flatMap(({ id, key, isPrivate }) =>
      key ? sendAndAcknowledge({ key, operation: isPrivate ? 'note' : 'message', id, conversation: 1 }) : [],
    ),
    { kind: 'connect', follower: 'rails of ann' },
    { kind: 'refresh', follower: 'rails of ann' },
    ...people.flatMap(receiveAll),
    webhook('conversation_created', undefined),
    ...messages.filter(({ type }) => type !== 2).map(({ id }) => webhook('message_created', id)),
  ];
  return {
    entries: entries.map((entry, at): Timed => ({ at, ...entry })),
    followers,
    stored: { database: makeDatabase(), api: makeApi() },
  };
}

function sendAndAcknowledge(sent: {
  key: string;
  operation: Operation;
  id: number;
  conversation?: number;
}): Entry[] {
  const { key, operation, id, conversation } = sent;
  return [
    { kind: 'send', key, actor: 'somebody', operation, conversation },
    { kind: 'acknowledge', key, id },
  ];
}

function receiveAll({ name, kind, role, stream }: (typeof people)[number]): Entry[] {
  return messages
    .filter((message) => role === 'agent' || isPublic(message))
    .map((message, index) => ({
      kind: 'event',
      follower: name,
      event: 'message.created',
      digest: `digest of ${message.id}`,
      position:
        kind === 'feed' || kind === 'anycable' ? { stream, epoch: 'e', offset: index + 1 } : undefined,
      conversation: 1,
      message: message.id,
      state: stateOf(message),
    }));
}

type ShownMessage = Omit<StoredMessage, 'status'> & { status: string | undefined };

export const stateOf = ({ content, status, attributes }: ShownMessage): string =>
  messageState({ content, status, content_attributes: JSON.parse(attributes) });

/** An answer with these messages. Customers get them without their status. */
export const fetched = (
  follower: string,
  times: { at: number; askedAt: number },
  messages: readonly ShownMessage[],
): Timed => ({
  ...times,
  kind: 'fetch',
  follower,
  conversation: 1,
  messages: messages.map(({ status, ...message }) => {
    const shown = people.find(({ name }) => name === follower)?.role === 'customer' ? undefined : status;
    return { id: message.id, state: stateOf({ ...message, status: shown }) };
  }),
});

const webhook = (event: string, message: number | undefined): Entry => ({
  kind: 'webhook',
  endpoint: 'inbox',
  delivery: `delivery of ${event} ${message ?? ''}`,
  event,
  digest: `payload of ${event} ${message ?? ''}`,
  conversation: 1,
  message,
  status: 200,
});

const makeDatabase = (): Evidence['stored']['database'] => ({
  messages: structuredClone(messages),
  conversations: [
    {
      id: 1,
      status: 'open',
      assignee_id: null,
      custom_attributes: '{"key":"conversation:ann:1"}',
      agentLastSeenAtMs: null,
      source_id,
    },
  ],
  sessions: [source_id],
  unreadNotifications: new Map([[1, 2]]),
  logGaps: [],
});

const makeApi = (): Evidence['stored']['api'] => ({
  conversations: [{ id: 1, status: 'open', unread_count: 1, messages: [1, 2, 3, 4] }],
  customers: new Map([[source_id, [{ id: 1, messages: [1, 3] }]]]),
  counters: new Map([
    ['conversations open all_count', 1],
    ['conversations open unassigned_count', 1],
    ['conversations resolved all_count', 0],
    ['report conversations_count', 1],
    ['report incoming_messages_count', 1],
    ['report outgoing_messages_count', 1],
    ['contacts', 1],
    ['unread notifications of administrator', 2],
    ['unread notifications of agent', 0],
  ]),
});
