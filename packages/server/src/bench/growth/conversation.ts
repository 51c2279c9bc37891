/** The course of one conversation: the customer begins, an agent answers, and some hours later it comes to an end. */
import { agentApi, clientApi } from '@hoory/contract';
import type { Account, Ask } from './account.ts';
import { find, numberAt, textAt } from './call.ts';
import type { Random } from './random.ts';
import type { Customer, SampledConversation } from './site.ts';
import { addressOf, nameOf, sentence } from './words.ts';

export interface Talk extends SampledConversation {
  agent: Account['agents'][number];
  /** Messages that are still to come. */
  left: number;
}

export interface Filling {
  ask: Ask;
  random: Random;
  account: Account;
  /** Milliseconds since 1970 until which a conversation sleeps that is put to sleep. */
  wakes_at: number;
  /** Customers who have been there. */
  customers: Customer[];
  /** Conversations whose customer was asked how it went, up to a few hundred. */
  surveys: string[];
}

const mostSurveys = 200;

/** Two of five conversations are begun by somebody who has been there, most often a recent customer. */
export async function beginTalk(filling: Filling, length: number): Promise<Talk> {
  const { ask, random, account, customers } = filling;
  const known = random.chance(0.4)
    ? customers[customers.length - 1 - Math.floor(random.next() ** 2 * customers.length)]
    : undefined;
  const customer = known ?? (await enter(filling));
  const session = toSession(customer);
  const custom_attributes = random.chance(0.3)
    ? { order_number: `A-${random.below(1_000_000)}`, refund: random.chance(0.2) }
    : {};
  const begun = await ask(clientApi.createConversation, { ...session, custom_attributes });
  const id = numberAt(begun, 'id');
  const agent = random.pick(account.agents);
  const talk: Talk = { ...customer, id, uuid: textAt(begun, 'uuid'), agent, left: length };
  await say(filling, talk, true);
  if (random.chance(0.8)) await take(filling, talk);
  await exchange(filling, talk, Math.ceil(talk.left / 2));
  return talk;
}

const toSession = ({ inbox_identifier, source_id }: Customer) => ({
  inbox_identifier,
  contact_identifier: source_id,
});

/** A new contact; agents know more of some. */
async function enter({ ask, random, account, customers }: Filling): Promise<Customer> {
  const { identifier: inbox_identifier } = random.pick(account.inboxes);
  const number = random.below(1_000_000_000);
  const session = await ask(clientApi.createContact, {
    inbox_identifier,
    name: nameOf(random),
    ...(random.chance(0.9) && { email: `customer-${number}@example.test` }),
    ...(random.chance(0.3) && { phone_number: `+49${1_000_000_000 + number}` }),
    custom_attributes: { plan: random.pick(['free', 'gold', 'silver']), seats: random.below(50) },
  });
  const contact_id = numberAt(session, 'id');
  const customer = { inbox_identifier, source_id: textAt(session, 'source_id'), contact_id };
  customers.push(customer);
  const { account_id } = account;
  const { token } = random.pick(account.agents);
  const at = { account_id, id: contact_id };
  if (random.chance(0.2))
    await ask(agentApi.agentUpdateContact, { ...at, additional_attributes: addressOf(random) }, token);
  if (random.chance(0.1))
    await ask(agentApi.agentSetContactLabels, { ...at, labels: [random.pick(account.labels)] }, token);
  if (random.chance(0.1))
    await ask(agentApi.agentCreateNote, { account_id, contact_id, content: sentence(random) }, token);
  return customer;
}

/** An agent takes the conversation, sorts it, and sees what was written. */
async function take({ ask, random, account }: Filling, { id, agent }: Talk): Promise<void> {
  const at = { account_id: account.account_id, conversation_id: id };
  const act = agentApi;
  await ask(act.agentAssignConversation, { ...at, assignee_id: agent.id }, agent.token);
  if (random.chance(0.3))
    await ask(act.agentAssignConversation, { ...at, team_id: random.pick(account.teams) }, agent.token);
  if (random.chance(0.6)) {
    // The first labels are the most common ones.
    const most = 1 + random.below(account.labels.length);
    const labels = [random.pick(account.labels.slice(0, most)), random.pick(account.labels.slice(0, most))];
    await ask(act.agentSetConversationLabels, { ...at, labels: [...new Set(labels)] }, agent.token);
  }
  if (random.chance(0.25)) {
    const priority = random.pick(['low', 'medium', 'high', 'urgent'] as const);
    await ask(act.agentTogglePriority, { ...at, priority }, agent.token);
  }
  if (random.chance(0.03)) {
    const user_ids = [random.pick(account.agents).id];
    await ask(act.agentAddParticipants, { ...at, user_ids }, agent.token);
  }
  if (random.chance(0.5)) await ask(act.agentUpdateLastSeen, at, agent.token);
}

/** The customer and the agent write so many messages, the agent a little more. */
async function exchange(filling: Filling, talk: Talk, count: number): Promise<void> {
  for (let written = 0; written < count && talk.left > 0; written++)
    await say(filling, talk, filling.random.chance(0.45));
}

/** One message of the customer or the agent; one of eight of the agent is a private note, some of which mention another. */
export async function say(
  { ask, random, account }: Filling,
  talk: Pick<Talk, keyof SampledConversation | 'agent' | 'left'>,
  isCustomer: boolean,
): Promise<void> {
  talk.left--;
  const conversation_id = talk.id;
  const content = sentence(random);
  if (isCustomer) {
    const place = { ...toSession(talk), conversation_id };
    await ask(clientApi.postMessage, { ...place, content, echo_id: `${random.next()}` });
    return;
  }
  const note = random.chance(1 / 8);
  const { id } = random.pick(account.agents);
  const mention = note && random.chance(0.2) ? ` [@Agent](mention://user/${id}/Agent)` : '';
  await ask(
    agentApi.agentPostMessage,
    {
      account_id: account.account_id,
      conversation_id,
      content: `${content}${mention}`,
      private: note,
      echo_id: `${random.next()}`,
    },
    talk.agent.token,
  );
}

/** The other messages; then most conversations are resolved, some sleep, and some stay open. */
export async function endTalk(filling: Filling, talk: Talk): Promise<void> {
  const { ask, random, account, surveys, wakes_at } = filling;
  await exchange(filling, talk, talk.left);
  const place = { ...toSession(talk), conversation_id: talk.id };
  if (random.chance(0.3)) await ask(clientApi.updateLastSeen, place);
  const at = { account_id: account.account_id, conversation_id: talk.id };
  const { token } = talk.agent;
  if (random.chance(0.1))
    await ask(
      agentApi.agentToggleStatus,
      { ...at, status: 'snoozed', snoozed_until: Math.floor(wakes_at / 1000) },
      token,
    );
  else if (random.chance(0.9)) {
    await ask(agentApi.agentToggleStatus, { ...at, status: 'resolved' }, token);
    // A small account needs a rated conversation as well: questions ask for it.
    const isRated = random.chance(0.4) || surveys.length === 0;
    if (isRated && (await rate(filling, talk.uuid)) && surveys.length < mostSurveys) surveys.push(talk.uuid);
  }
}

/** The customer answers the survey. @returns whether there was one: a conversation without a public answer has none */
async function rate({ ask, random }: Filling, conversation_uuid: string): Promise<boolean> {
  const survey = await ask(clientApi.getCsatSurvey, { conversation_uuid }).catch(() => undefined);
  if (find(survey, 'id') === undefined) return false;
  const csat_survey_response = { rating: 1 + random.below(5), feedback_message: sentence(random) };
  await ask(clientApi.updateCsatSurvey, {
    conversation_uuid,
    message: { submitted_values: { csat_survey_response } },
  });
  return true;
}
