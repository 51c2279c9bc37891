/**
 * Agents: the users who are members of an account, with a role and an availability in it (application-api.md sections 4.2 and
 * 6.4). Adding a user who exists already changes nothing of theirs, unlike upstream (section 10).
 */
import Type, { type Static } from 'typebox';
import { MAX_LIST } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { FilledEmail, FreeForm, fields, Id, named, nullable, ShortText, words } from './schema.ts';
import { Availability } from './senders.ts';

/** Administrators may do everything in the account; agents work in the inboxes of which they are members. */
export const Role = words('administrator', 'agent');
export type Role = Static<typeof Role>;

/** A user as a member of an account (application-api.md section 4.2). */
export const Agent = named('Agent', {
  id: Id,
  account_id: nullable(Id),
  availability_status: Availability,
  auto_offline: Type.Boolean(),
  confirmed: Type.Boolean(),
  email: Type.String(),
  provider: Type.String(),
  available_name: Type.String(),
  custom_attributes: Type.Optional(FreeForm),
  name: Type.String(),
  role: Role,
  thumbnail: Type.String({ description: 'address of the avatar, or ""' }),
});
export type Agent = Static<typeof Agent>;

/** As input; `available` is another word for `online` (application-api.md section 8). */
export const AvailabilityInput = words('online', 'busy', 'offline', 'available');

const agentInput = {
  name: Type.Optional(ShortText),
  role: Type.Optional(Role),
  availability: Type.Optional(AvailabilityInput),
  auto_offline: Type.Optional(Type.Boolean()),
};

/** Any agent lists agents; administrators add, change and remove them. */
export const agentAgents = endpoints({
  agentListAgents: {
    method: 'GET',
    path: `${accountPath}/agents`,
    auth: 'agent',
    tag: 'Agents',
    summary: 'List the agents of the account by name',
    params: accountParams,
    returns: Type.Array(Agent),
  },
  agentCreateAgent: {
    method: 'POST',
    path: `${accountPath}/agents`,
    auth: 'administrator',
    root: 'agent',
    tag: 'Agents',
    summary: 'Add an agent',
    description:
      'An e-mail that belongs to a user of another account links that user and changes nothing of theirs.',
    params: accountParams,
    body: fields({ email: FilledEmail, ...agentInput }),
    returns: Agent,
  },
  agentUpdateActiveAt: {
    method: 'POST',
    path: `${accountPath}/update_active_at`,
    auth: 'agent',
    tag: 'Account',
    summary: 'Mark the account as the one you work in now',
    params: accountParams,
    returns: null,
  },
  agentCreateAgents: {
    method: 'POST',
    path: `${accountPath}/agents/bulk_create`,
    auth: 'administrator',
    tag: 'Agents',
    summary: 'Add agents by their e-mails',
    description: 'What is no e-mail, or belongs to an agent of the account, is passed over.',
    params: accountParams,
    body: fields({ emails: Type.Optional(Type.Array(ShortText, { maxItems: MAX_LIST })) }),
    returns: null,
  },
  agentUpdateAgent: {
    method: 'PATCH',
    path: `${accountPath}/agents/{id}`,
    auth: 'administrator',
    root: 'agent',
    tag: 'Agents',
    summary: 'Change an agent',
    params: recordParams,
    body: fields(agentInput),
    returns: Agent,
  },
  agentDeleteAgent: {
    method: 'DELETE',
    path: `${accountPath}/agents/{id}`,
    auth: 'administrator',
    tag: 'Agents',
    summary: 'Remove an agent from the account',
    description: 'The user is deleted too if this was its last account.',
    params: recordParams,
    returns: null,
  },
});
