/** Two customers of every filled account: one whose only conversation never ends, and one who has a thousand. */
import { clientApi } from '@hoory/contract';
import { numberAt, textAt } from './call.ts';
import type { Filling, Talk } from './conversation.ts';
import type { Customer } from './site.ts';
import { nameOf } from './words.ts';

export interface Regulars {
  /** The conversation that never ends. */
  talk: Talk;
  /** The customer with a thousand conversations. */
  busy: Customer;
}

export async function enterRegulars(filling: Filling): Promise<Regulars> {
  const { ask, random, account } = filling;
  const long = await enter(filling);
  const session = { inbox_identifier: long.inbox_identifier, contact_identifier: long.source_id };
  const begun = await ask(clientApi.createConversation, session);
  const agent = random.pick(account.agents);
  const talk = { ...long, id: numberAt(begun, 'id'), uuid: textAt(begun, 'uuid'), agent, left: 0 };
  return { talk, busy: await enter(filling) };
}

async function enter({ ask, random, account }: Filling): Promise<Customer> {
  const inbox_identifier = account.inboxes[0]?.identifier ?? '';
  const session = await ask(clientApi.createContact, {
    inbox_identifier,
    name: nameOf(random),
    email: `regular-${random.below(1_000_000)}@example.test`,
  });
  return { inbox_identifier, source_id: textAt(session, 'source_id'), contact_id: numberAt(session, 'id') };
}

/** One more conversation, of one message. */
export async function beginOne(
  { ask, random }: Filling,
  { inbox_identifier, source_id }: Customer,
): Promise<void> {
  const session = { inbox_identifier, contact_identifier: source_id };
  const conversation_id = numberAt(await ask(clientApi.createConversation, session), 'id');
  await ask(clientApi.postMessage, { ...session, conversation_id, content: `${random.below(1000)}` });
}
