/** Counters of the API equal a fresh count of the rows. */
import type { StoredConversation, StoredMessage } from '../stored/stored.ts';
import type { Evidence, Violation } from './violation.ts';

/** The most that `unread_count` says (application-api.md 4.7). */
const mostUnread = 10;

export interface Users {
  administrator: number;
  agent: number;
}

export function checkCounters({ stored }: Evidence, users: Users): Violation[] {
  const { database, api } = stored;
  const expected = new Map([
    ...countConversations(database.conversations, users),
    ...countMessages(database.messages),
    ['report conversations_count', database.conversations.length] as const,
    ['contacts', database.sessions.length] as const,
    ...(['administrator', 'agent'] as const).map(
      (user) =>
        [`unread notifications of ${user}`, database.unreadNotifications.get(users[user]) ?? 0] as const,
    ),
  ]);
  const wrong = [...api.counters].flatMap(([name, told]) =>
    compare(name, { told, counted: expected.get(name) ?? 0 }),
  );
  return [...wrong, ...checkConversations(stored)];
}

function compare(
  name: string,
  { told, counted, about = {} }: { told: number; counted: number; about?: Violation['about'] },
): Violation[] {
  if (told === counted) return [];
  return [
    {
      rule: 'counters are right',
      text: `The counter "${name}" is ${told}, and ${counted} were counted`,
      about,
    },
  ];
}

function countConversations(
  all: readonly StoredConversation[],
  { administrator }: Users,
): [string, number][] {
  const groups = ['open', 'resolved', 'pending', 'snoozed', 'all'];
  return groups.flatMap((group) => {
    const own = all.filter(({ status }) => group === 'all' || status === group);
    const count = (fits: (conversation: StoredConversation) => boolean) => own.filter(fits).length;
    return [
      [`conversations ${group} all_count`, own.length],
      [`conversations ${group} mine_count`, count(({ assignee_id }) => assignee_id === administrator)],
      [`conversations ${group} assigned_count`, count(({ assignee_id }) => assignee_id !== null)],
      [`conversations ${group} unassigned_count`, count(({ assignee_id }) => assignee_id === null)],
    ] satisfies [string, number][];
  });
}

function countMessages(all: readonly StoredMessage[]): [string, number][] {
  const count = (type: number) => all.filter((message) => message.type === type && !message.isPrivate).length;
  return [
    ['report incoming_messages_count', count(0)],
    ['report outgoing_messages_count', count(1)],
  ];
}

/** Status and unread messages of each conversation. */
function checkConversations({ database, api }: Evidence['stored']): Violation[] {
  const rows = new Map(database.conversations.map((conversation) => [conversation.id, conversation]));
  return api.conversations.flatMap(({ id, status, unread_count }) => {
    const row = rows.get(id);
    const about = { conversation: id };
    const unread = database.messages.filter(
      ({ conversation, type, createdAtMs }) =>
        conversation === id && type === 0 && createdAtMs > (row?.agentLastSeenAtMs ?? 0),
    ).length;
    const counted = Math.min(unread, mostUnread);
    const wrongStatus =
      row?.status === status ? [] : [`Conversation ${id} is ${row?.status} and is told as ${status}`];
    return [
      ...compare(`unread_count of conversation ${id}`, { told: unread_count, counted, about }),
      ...wrongStatus.map((text) => ({ rule: 'counters are right' as const, text, about })),
    ];
  });
}
