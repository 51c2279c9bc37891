/** Customers over HTTP: they open a session, begin conversations, write, answer forms, read and resolve. */
import { numberOf, objectOf, textOf } from '../json.ts';
import type { Random } from '../random.ts';
import { sleep } from '../wait.ts';
import { insist } from './http.ts';
import {
  type CustomerAccess,
  type KnownConversation,
  type Office,
  pickConversation,
  sessionPath,
} from './office.ts';

/** A new session. Its `source_id` is chosen here, so that a repeat opens the same one. */
export async function openSession(office: Office, name: string, random: Random): Promise<CustomerAccess> {
  const source_id = random.uuid();
  const key = `contact:${name}`;
  const answer = objectOf(
    await insist(
      office.insisting,
      { key, actor: name, operation: 'contact' },
      {
        method: 'POST',
        path: `/public/api/v1/inboxes/${office.installation.inbox_identifier}/contacts`,
        // Lists of contacts leave out those without an address.
        body: { source_id, name, email: `${name}@chaos.test` },
      },
    ),
  );
  return { name, source_id, pubsub_token: textOf(answer.pubsub_token, 'pubsub_token') };
}

/** A customer who works until the time of faults has ended. `device` distinguishes the keys of one person's devices. */
export async function workAsCustomer(
  office: Office,
  { customer, device, random }: { customer: CustomerAccess; device: string; random: Random },
): Promise<void> {
  let count = 0;
  const numbered = (what: string) => `${what}:${customer.name}-${device}:${++count}`;
  const isOwn = (conversation: KnownConversation) => conversation.customer === customer;
  await startConversation(office, customer, numbered('conversation'));
  while (!office.isOver()) {
    const conversation = pickConversation(office, random, isOwn);
    const owns = office.conversations.filter(isOwn).length;
    if (!conversation || (owns < 16 && random.chance(3)))
      await startConversation(office, customer, numbered('conversation'));
    else await act(office, { conversation, random, numbered });
    await sleep(random.between(50, 300));
  }
}

/** A customer who comes once with a few messages. */
export async function comeOnce(office: Office, name: string, random: Random): Promise<void> {
  const customer = await openSession(office, name, random);
  const conversation = await startConversation(office, customer, `conversation:${name}:0`);
  const messages = random.between(1, 3);
  for (let count = 1; count <= messages; count++) {
    await say(office, conversation, `said:${name}:${count}`);
    await sleep(random.between(50, 300));
  }
}

async function startConversation(
  office: Office,
  customer: CustomerAccess,
  key: string,
): Promise<KnownConversation> {
  const answer = await insist(
    office.insisting,
    { key, actor: customer.name, operation: 'conversation' },
    {
      method: 'POST',
      path: `${sessionPath(office, customer.source_id)}/conversations`,
      headers: { 'idempotency-key': `${key}:${customer.source_id}` },
      body: { custom_attributes: { key } },
    },
  );
  const id = numberOf(objectOf(answer).id, 'the id of a conversation');
  const conversation = { id, customer, recent: [], replies: [], forms: [] };
  office.conversations.push(conversation);
  return conversation;
}

interface Act {
  conversation: KnownConversation;
  random: Random;
  numbered(what: string): string;
}

async function act(office: Office, { conversation, random, numbered }: Act): Promise<void> {
  const roll = random.below(100);
  const form = conversation.forms.shift();
  if (form !== undefined) return submit(office, { conversation, message: form, key: numbered('submit') });
  if (roll < 4) return touch(office, { conversation, key: numbered('change'), path: 'update_last_seen' });
  if (roll < 7)
    return touch(office, {
      conversation,
      key: numbered('status'),
      path: 'toggle_status',
      operation: 'status',
    });
  const key = numbered('said');
  await say(office, conversation, key);
  // The client did not notice that it was answered, and sends again.
  if (random.chance(5)) await say(office, conversation, key);
}

async function say(office: Office, conversation: KnownConversation, key: string): Promise<void> {
  conversation.recent.push(performance.now());
  await insist(
    office.insisting,
    { key, actor: conversation.customer.name, operation: 'message', conversation: conversation.id },
    {
      method: 'POST',
      path: `${pathOf(office, conversation)}/messages`,
      body: { content: key, echo_id: key },
    },
  );
}

/** Answers a message with choices; the server takes the same answer any number of times. */
async function submit(
  office: Office,
  { conversation, message, key }: { conversation: KnownConversation; message: number; key: string },
): Promise<void> {
  await insist(
    office.insisting,
    { key, actor: conversation.customer.name, operation: 'submit', conversation: conversation.id, message },
    {
      method: 'PATCH',
      path: `${pathOf(office, conversation)}/messages/${message}`,
      body: { submitted_values: [{ title: key, value: key }] },
    },
  );
}

async function touch(
  office: Office,
  {
    conversation,
    key,
    path,
    operation = 'change',
  }: { conversation: KnownConversation; key: string; path: string; operation?: 'change' | 'status' },
): Promise<void> {
  await insist(
    office.insisting,
    { key, actor: conversation.customer.name, operation, conversation: conversation.id },
    {
      method: 'POST',
      path: `${pathOf(office, conversation)}/${path}`,
      headers: { 'idempotency-key': key },
      body: {},
    },
  );
}

const pathOf = (office: Office, { id, customer }: KnownConversation): string =>
  `${sessionPath(office, customer.source_id)}/conversations/${id}`;
