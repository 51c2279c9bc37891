/** Customers that post without a pause while the server or its database fails, and what each of them was answered and heard. */
import { contactIdentifier, ext, openRaw, type RawCable } from './raw-cable.ts';

const headers = { 'content-type': 'application/json' };

export interface Customer {
  messages: string;
  cable: RawCable;
  /** Acknowledged messages with their ids, in the order of the acknowledgements. */
  acknowledged: { content: string; id: number }[];
  /** Answers that were none of success. */
  refused: { status: number; body: unknown }[];
}

/** What a test closes at its end. */
type Opened = (() => Promise<unknown>)[];

/** The answer while the database fails. */
export const unavailable = { status: 503, body: { status: 503, error: 'Service Unavailable' } };

/** Opens a session and a conversation at the server, and listens to it. */
export async function enter(url: string, base: string, opened: Opened): Promise<Customer> {
  const session = await created<{ source_id: string; pubsub_token: string }>(base);
  const { id } = await created<{ id: number }>(`${base}/${session.source_id}/conversations`);
  return {
    messages: `${base}/${session.source_id}/conversations/${id}/messages`,
    cable: await listen(url, contactIdentifier(session.pubsub_token), opened),
    acknowledged: [],
    refused: [],
  };
}

const created = async <Body>(url: string): Promise<Body> =>
  (await (await fetch(url, { method: 'POST' })).json()) as Body;

/** Subscribes, and waits until the subscription is confirmed. */
export async function listen(url: string, identifier: string, opened: Opened): Promise<RawCable> {
  const cable = openRaw(url, { protocol: ext, first: [{ command: 'subscribe', identifier }] });
  opened.push(cable.close);
  await cable.until(({ message }) => message?.event === 'presence.update');
  return cable;
}

/** Posts one message after another, each with its `echo_id` until it is acknowledged. */
export async function post(customer: Customer, index: number, isOver: () => boolean): Promise<void> {
  for (let count = 0; !isOver(); count++) {
    const content = `customer ${index} message ${count}`;
    let id: number | undefined;
    while (id === undefined) {
      id = await attempt(customer, content);
      if (id === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    customer.acknowledged.push({ content, id });
  }
}

/** @returns the message's id, if it was acknowledged */
export async function attempt({ messages, refused }: Customer, content: string): Promise<number | undefined> {
  const body = JSON.stringify({ content, echo_id: content });
  const answer = await fetch(messages, { method: 'POST', headers, body });
  const said = (await answer.json()) as { id: number };
  if (answer.status === 200) return said.id;
  refused.push({ status: answer.status, body: said });
  return undefined;
}

/** All messages that the server has, the oldest first. */
export async function readAll(messages: string): Promise<Customer['acknowledged']> {
  const stored: Customer['acknowledged'] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; before = stored[0]?.id ?? 0) {
    const answer = await fetch(`${messages}?before=${before}`);
    const page = (await answer.json()) as Customer['acknowledged'];
    if (!page.length) return stored;
    stored.unshift(...page.map(({ content, id }) => ({ content, id })));
  }
}

/** Messages of customers. */
export const heardBy = ({ frames }: RawCable): Customer['acknowledged'] =>
  frames.flatMap(({ message }) =>
    message?.event === 'message.created' && message.data?.message_type === 0
      ? [{ content: message.data?.content as string, id: message.data?.id as number }]
      : [],
  );

/** In the order of the ids. */
export const sorted = (list: Customer['acknowledged']) => [...list].sort((a, b) => a.id - b.id);

/** Polls until it is true. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}
