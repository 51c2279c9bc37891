/**
 * Endpoints of agents and administrators for inboxes: settings, secrets, bot, members, assignable agents (application-api.md
 * section 6.5). `inboxes.ts` has the objects. The rotation of the HMAC token and the identity report are our additions
 * (client-api.md section 4).
 */
import Type from 'typebox';
import { AgentBot } from './agent-bots.ts';
import { Agent } from './agents.ts';
import { endpoints } from './endpoint.ts';
import { IdentityPolicy, IdentityReport, Inbox, SenderNameType } from './inboxes.ts';
import { accountKeys, accountParams, accountPath, recordParams } from './paths.ts';
import {
  FilledText,
  FreeForm,
  fields,
  freeFormWith,
  Id,
  Ids,
  idOf,
  named,
  nullable,
  object,
  ShortText,
  shortText,
  WebAddress,
  words,
} from './schema.ts';

const notice = Type.Optional(nullable(Type.String({ maxLength: 10_000 })));
const hour = Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 23 })));
const minutes = Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 59 })));

const WorkingHoursInput = fields(
  {
    day_of_week: Type.Integer({ minimum: 0, maximum: 6 }),
    closed_all_day: Type.Optional(Type.Boolean()),
    open_all_day: Type.Optional(Type.Boolean()),
    open_hour: hour,
    open_minutes: minutes,
    close_hour: Type.Optional(
      nullable(
        Type.Integer({
          minimum: 0,
          maximum: 24,
          description: '24 is stored as 0. Hours that close no later than they open close on the next day',
        }),
      ),
    ),
    close_minutes: minutes,
  },
  'WorkingHoursInput',
);

const channelInput = {
  webhook_url: Type.Optional(nullable(WebAddress)),
  hmac_mandatory: Type.Optional(
    Type.Boolean({ description: 'true is the policy `enforce`; false turns `enforce` back into `safe`' }),
  ),
  identity_policy: Type.Optional(IdentityPolicy),
  allowed_domains: Type.Optional(nullable(Type.String({ maxLength: 10_000 }))),
  additional_attributes: Type.Optional(
    freeFormWith('`agent_reply_time_window`: hours, more than 0, in which agents may reply'),
  ),
};

const inboxInput = {
  name: FilledText,
  identity_policy: Type.Optional(IdentityPolicy),
  greeting_enabled: Type.Optional(Type.Boolean()),
  greeting_message: notice,
  working_hours_enabled: Type.Optional(Type.Boolean()),
  out_of_office_message: notice,
  timezone: Type.Optional(shortText('IANA name')),
  working_hours: Type.Optional(Type.Array(WorkingHoursInput, { maxItems: 7 })),
  enable_email_collect: Type.Optional(Type.Boolean()),
  enable_auto_assignment: Type.Optional(Type.Boolean()),
  auto_assignment_config: Type.Optional(FreeForm),
  csat_survey_enabled: Type.Optional(Type.Boolean()),
  csat_config: Type.Optional(FreeForm),
  allow_messages_after_resolved: Type.Optional(Type.Boolean()),
  lock_to_single_conversation: Type.Optional(Type.Boolean()),
  sender_name_type: Type.Optional(SenderNameType),
  business_name: Type.Optional(nullable(ShortText)),
};

const Members = named('AgentList', { payload: Type.Array(Agent) });
const membersInput = fields({
  inbox_id: Id,
  user_ids: Ids,
});

export const agentInboxes = endpoints({
  agentListInboxes: {
    method: 'GET',
    path: `${accountPath}/inboxes`,
    auth: 'agent',
    tag: 'Inboxes',
    summary: 'List the inboxes that the caller may see, by name',
    params: accountParams,
    returns: object({ payload: Type.Array(Inbox) }),
  },
  agentCreateInbox: {
    method: 'POST',
    path: `${accountPath}/inboxes`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Create an API inbox',
    params: accountParams,
    body: fields({
      ...inboxInput,
      channel: fields({ type: words('api'), ...channelInput }, 'CreateChannelInput'),
    }),
    files: { avatar: 1 },
    returns: Inbox,
  },
  agentGetInbox: {
    method: 'GET',
    path: `${accountPath}/inboxes/{id}`,
    auth: 'agent',
    tag: 'Inboxes',
    summary: 'Read an inbox',
    params: recordParams,
    returns: Inbox,
  },
  agentUpdateInbox: {
    method: 'PATCH',
    path: `${accountPath}/inboxes/{id}`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Change an inbox',
    params: recordParams,
    body: fields({
      ...inboxInput,
      name: Type.Optional(FilledText),
      channel: Type.Optional(fields(channelInput, 'ChannelInput')),
    }),
    files: { avatar: 1 },
    returns: Inbox,
  },
  agentDeleteInbox: {
    method: 'DELETE',
    path: `${accountPath}/inboxes/{id}`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Delete an inbox with everything in it',
    params: recordParams,
    returns: object({ message: Type.String() }),
  },
  agentDeleteInboxAvatar: {
    method: 'DELETE',
    path: `${accountPath}/inboxes/{id}/avatar`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Remove the picture of an inbox',
    params: recordParams,
    returns: null,
  },
  agentRotateHmacToken: {
    method: 'POST',
    path: `${accountPath}/inboxes/{id}/rotate_hmac_token`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Make a new HMAC token; the one before stays valid for 7 days',
    params: recordParams,
    returns: Inbox,
  },
  agentDeletePreviousHmacToken: {
    method: 'DELETE',
    path: `${accountPath}/inboxes/{id}/previous_hmac_token`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'End the validity of the HMAC token before the current one',
    params: recordParams,
    returns: Inbox,
  },
  agentResetInboxSecret: {
    method: 'POST',
    path: `${accountPath}/inboxes/{id}/reset_secret`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Make a new secret for the signatures of the inbox’s webhook',
    params: recordParams,
    returns: Inbox,
  },
  agentGetInboxBot: {
    method: 'GET',
    path: `${accountPath}/inboxes/{id}/agent_bot`,
    auth: 'agent',
    tag: 'Inboxes',
    summary: 'Read the bot of an inbox',
    params: recordParams,
    returns: object({ agent_bot: Type.Optional(AgentBot) }, 'empty when the inbox has none'),
  },
  agentSetInboxBot: {
    method: 'POST',
    path: `${accountPath}/inboxes/{id}/set_agent_bot`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Give an inbox a bot, or none',
    description: 'New conversations of an inbox with a bot are pending until the bot or an agent opens them.',
    params: recordParams,
    body: fields({ agent_bot: Type.Optional(nullable(idOf('null: none'))) }),
    returns: null,
  },
  agentGetIdentityReport: {
    method: 'GET',
    path: `${accountPath}/inboxes/{id}/identity_report`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Read which sessions of the last 30 days each identity policy would have refused',
    params: recordParams,
    returns: IdentityReport,
  },
  agentListInboxAssignableAgents: {
    method: 'GET',
    path: `${accountPath}/inboxes/{id}/assignable_agents`,
    auth: 'agent',
    tag: 'Inboxes',
    summary: 'List the agents whom conversations of an inbox may be given to',
    params: recordParams,
    returns: Members,
  },
  agentListAssignableAgents: {
    method: 'GET',
    path: `${accountPath}/assignable_agents`,
    auth: 'agent',
    tag: 'Inboxes',
    summary: 'List the members common to several inboxes, and the administrators',
    params: accountParams,
    query: fields({ inbox_ids: Type.Optional(Ids) }),
    returns: Members,
  },
  agentListInboxMembers: {
    method: 'GET',
    path: `${accountPath}/inbox_members/{inbox_id}`,
    auth: 'agent',
    tag: 'Inboxes',
    summary: 'List the members of an inbox',
    params: fields({ ...accountKeys, inbox_id: Id }),
    returns: Members,
  },
  agentAddInboxMembers: {
    method: 'POST',
    path: `${accountPath}/inbox_members`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Add members to an inbox',
    params: accountParams,
    body: membersInput,
    returns: Members,
  },
  agentSetInboxMembers: {
    method: 'PATCH',
    path: `${accountPath}/inbox_members`,
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Replace the members of an inbox',
    params: accountParams,
    body: membersInput,
    returns: Members,
  },
  agentRemoveInboxMembers: {
    method: 'DELETE',
    path: `${accountPath}/inbox_members`,
    aliases: [`${accountPath}/inbox_members/{inbox_id}`],
    auth: 'administrator',
    tag: 'Inboxes',
    summary: 'Remove members from an inbox',
    params: accountParams,
    body: membersInput,
    returns: null,
  },
});
