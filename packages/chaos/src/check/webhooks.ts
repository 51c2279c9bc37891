/** Webhooks: every message and conversation at every endpoint, under one id each, in the order of their conversation. */
import { type Delivered, entriesOf, type Timed } from '../history.ts';
import type { Evidence, Violation } from './violation.ts';

export function checkWebhooks(evidence: Evidence, endpoints: readonly string[]): Violation[] {
  const all = entriesOf(evidence.entries, 'webhook');
  return endpoints.flatMap((endpoint) => {
    const own = all.filter((delivered) => delivered.endpoint === endpoint);
    return [
      ...checkSent(evidence, { endpoint, own }),
      ...checkIds(own, endpoint),
      ...checkOrder(own, endpoint),
    ];
  });
}

type Deliveries = readonly Timed<Delivered>[];

/** Activities are not sent (webhooks.md 1). */
function checkSent(
  { stored }: Evidence,
  { endpoint, own }: { endpoint: string; own: Deliveries },
): Violation[] {
  const accepted = own.filter(({ status }) => status === 200);
  const messages = new Set(
    accepted.flatMap(({ event, message }) => (event === 'message_created' ? [message] : [])),
  );
  const conversations = new Set(
    accepted.flatMap(({ event, conversation }) => (event === 'conversation_created' ? [conversation] : [])),
  );
  const missing = (what: string, about: Violation['about']): Violation => ({
    rule: 'webhooks sent',
    text: `The endpoint ${endpoint} never accepted ${what}`,
    about,
  });
  return [
    ...stored.database.messages
      .filter(({ id, type }) => type !== 2 && !messages.has(id))
      .map(({ id, conversation }) => missing(`message ${id}`, { message: id, conversation })),
    ...stored.database.conversations
      .filter(({ id }) => !conversations.has(id))
      .map(({ id }) => missing(`the creation of conversation ${id}`, { conversation: id })),
  ];
}

/** A message is created once, so one delivery tells it; and one delivery tells the same thing at each attempt. */
function checkIds(own: Deliveries, endpoint: string): Violation[] {
  const byMessage = new Map<number, string>();
  const byDelivery = new Map<string, string>();
  return own.flatMap(({ delivery, event, digest, message, conversation }) => {
    const before = byDelivery.get(delivery);
    byDelivery.set(delivery, digest);
    const id =
      event === 'message_created' && message !== undefined ? (byMessage.get(message) ?? delivery) : delivery;
    if (event === 'message_created' && message !== undefined) byMessage.set(message, id);
    const wrong = (text: string): Violation[] => [
      { rule: 'webhooks with one id', text, about: { message, conversation } },
    ];
    if (id !== delivery)
      return wrong(`The endpoint ${endpoint} got message ${message} as ${id} and as ${delivery}`);
    if (before !== undefined && before !== digest)
      return wrong(`The delivery ${delivery} came with two payloads`);
    return [];
  });
}

interface FirstTimes {
  first: Timed<Delivered>;
  acceptedAt: number | undefined;
}

/** A delivery begins after the one before it in its conversation was accepted, and messages come in the order of their ids. */
function checkOrder(own: Deliveries, endpoint: string): Violation[] {
  const queues = new Map<number, Map<string, FirstTimes>>();
  for (const [index, delivered] of own.entries()) {
    if (delivered.conversation === undefined) continue;
    const queue = queues.get(delivered.conversation) ?? new Map<string, FirstTimes>();
    queues.set(delivered.conversation, queue);
    const times = queue.get(delivered.delivery) ?? { first: delivered, acceptedAt: undefined };
    if (delivered.status === 200) times.acceptedAt ??= index;
    queue.set(delivered.delivery, times);
  }
  const indexOf = new Map(own.map((delivered, index) => [delivered, index]));
  return [...queues.values()].flatMap((queue) => {
    const ordered = [...queue.values()];
    return ordered.flatMap((later, at) => {
      const before = ordered[at - 1];
      const overtakes =
        before && (before.acceptedAt ?? Number.POSITIVE_INFINITY) > (indexOf.get(later.first) ?? 0);
      const { event, message = 0, conversation } = later.first;
      const highest = Math.max(0, ...createdBefore(ordered, at));
      const isLate = event === 'message_created' && message < highest;
      if (!overtakes && !isLate) return [];
      const text = isLate
        ? `The endpoint ${endpoint} got message ${message} after ${highest}`
        : `The endpoint ${endpoint} got ${event} before it had accepted the delivery before it`;
      return [
        { rule: 'webhooks in order' as const, text, about: { message: later.first.message, conversation } },
      ];
    });
  });
}

const createdBefore = (ordered: readonly FirstTimes[], end: number): number[] =>
  ordered
    .slice(0, end)
    .flatMap(({ first }) => (first.event === 'message_created' ? (first.message ?? []) : []));
