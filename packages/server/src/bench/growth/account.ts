/** Makes the account that is filled: people, inboxes, teams, labels, definitions, canned responses. */
import { agentApi, type Endpoint, type Input } from '@hoory/contract';
import type { App } from '../../app.ts';
import { newPassword } from '../../auth/password.ts';
import { setUp, setUpAgent } from '../../setup.ts';
import { numberAt, textAt } from './call.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';
import { sentence, wordOfRank } from './words.ts';

const agentCount = 20;
const inboxCount = 5;
const labelCount = 24;
const cannedResponseCount = 200;

/** Sends a request of this user, or of a customer when there is no token. @returns the answer. @throws unless it is 2xx */
export type Ask = <E extends Endpoint>(
  endpoint: E,
  input: Input<E> & object,
  token?: string,
) => Promise<unknown>;

export type Account = Pick<Site, 'account_id' | 'administrator' | 'agents' | 'inboxes' | 'teams' | 'labels'>;

export async function openAccount(app: App, ask: Ask, random: Random): Promise<Account> {
  const { account_id, user, inbox } = await setUp(app, {
    account: 'Growth',
    email: 'growth@example.test',
    password: newPassword(),
    inbox: 'Inbox 1',
  });
  const token = user.access_token;
  const inboxes = [{ id: inbox.id, identifier: inbox.identifier }];
  for (let number = 2; number <= inboxCount; number++) {
    const channel = { type: 'api' as const };
    const made = await ask(
      agentApi.agentCreateInbox,
      { account_id, name: `Inbox ${number}`, channel },
      token,
    );
    inboxes.push({ id: numberAt(made, 'id'), identifier: textAt(made, 'inbox_identifier') });
  }
  for (const { id } of inboxes) await prepareInbox(ask, { account_id, id, token });
  const agents = await addAgents(app, account_id, inboxes);
  const user_ids = [user.id, ...agents.map(({ id }) => id)];
  for (const { id } of inboxes)
    await ask(agentApi.agentAddInboxMembers, { account_id, inbox_id: id, user_ids }, token);
  const teams = await addTeams(ask, { account_id, token, user_ids });
  const labels = await addWords(ask, random, { account_id, token });
  return { account_id, administrator: { id: user.id, token }, agents, inboxes, teams, labels };
}

interface Place {
  account_id: number;
  token: string;
}

/** The script of each conversation assigns by hand; every customer is asked how it went. */
const prepareInbox = (ask: Ask, { account_id, id, token }: Place & { id: number }) =>
  ask(
    agentApi.agentUpdateInbox,
    { account_id, id, enable_auto_assignment: false, csat_survey_enabled: true },
    token,
  );

async function addAgents(app: App, account: number, inboxes: Site['inboxes']): Promise<Site['agents']> {
  const agents: Site['agents'] = [];
  for (let number = 1; number <= agentCount; number++) {
    const { id, access_token } = await setUpAgent(app, {
      account,
      email: `agent-${number}@example.test`,
      name: `Agent ${number}`,
      password: newPassword(),
      role: 'agent',
      inboxes: inboxes.slice(0, 1).map((inbox) => inbox.id),
    });
    agents.push({ id, token: access_token });
  }
  return agents;
}

async function addTeams(
  ask: Ask,
  { account_id, token, user_ids }: Place & { user_ids: number[] },
): Promise<number[]> {
  const teams: number[] = [];
  for (const name of ['sales', 'support', 'returns']) {
    const made = await ask(agentApi.agentCreateTeam, { account_id, name, allow_auto_assign: false }, token);
    const id = numberAt(made, 'id');
    await ask(agentApi.agentAddTeamMembers, { account_id, id, user_ids }, token);
    teams.push(id);
  }
  return teams;
}

async function addWords(ask: Ask, random: Random, { account_id, token }: Place): Promise<string[]> {
  const labels = Array.from({ length: labelCount }, (_, rank) => `label-${rank}`);
  for (const title of labels) await ask(agentApi.agentCreateLabel, { account_id, title }, token);
  const definition = (attribute_key: string, attribute_display_type: 'text' | 'number' | 'checkbox') => ({
    account_id,
    attribute_display_name: attribute_key,
    attribute_display_type,
    attribute_key,
  });
  const contact = { attribute_model: 'contact_attribute' as const };
  const conversation = { attribute_model: 'conversation_attribute' as const };
  for (const input of [
    { ...definition('plan', 'text'), ...contact },
    { ...definition('seats', 'number'), ...contact },
    { ...definition('order_number', 'text'), ...conversation },
    { ...definition('refund', 'checkbox'), ...conversation },
  ])
    await ask(agentApi.agentCreateCustomAttribute, input, token);
  for (let number = 0; number < cannedResponseCount; number++) {
    const short_code = `${wordOfRank(number * 3)}-${number}`;
    const input = { account_id, short_code, content: sentence(random) };
    await ask(agentApi.agentCreateCannedResponse, input, token);
  }
  return labels;
}
