/** Inboxes with their API channel: the public view, the agents' view, members. */
import Type, { type Static } from 'typebox';
import { Agent } from './agents.ts';
import { endpoints } from './endpoint.ts';
import { accountKeys, accountParams, accountPath, inboxParams, inboxPath, recordParams } from './paths.ts';
import {
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  object,
  ShortText,
  WebAddress,
  words,
} from './schema.ts';

/** Opening hours of one weekday. */
export const WorkingHours = named('WorkingHours', {
  day_of_week: Type.Integer({ minimum: 0, maximum: 6, description: '0 is Sunday' }),
  closed_all_day: Type.Boolean(),
  open_hour: nullable(Type.Integer({ minimum: 0, maximum: 23 })),
  open_minutes: nullable(Type.Integer({ minimum: 0, maximum: 59 })),
  close_hour: nullable(Type.Integer({ minimum: 0, maximum: 23 })),
  close_minutes: nullable(Type.Integer({ minimum: 0, maximum: 59 })),
  open_all_day: Type.Boolean(),
});
export type WorkingHours = Static<typeof WorkingHours>;

/** What anyone who knows the inbox identifier may read (client-api.md section 2.3). */
export const PublicInbox = named('PublicInbox', {
  identifier: Type.String(),
  identity_validation_enabled: Type.Boolean({ description: 'a proof of identity is required' }),
  name: Type.String(),
  timezone: Type.String(),
  working_hours: Type.Array(WorkingHours, { description: 'seven days, Sunday first' }),
  working_hours_enabled: Type.Boolean(),
  csat_survey_enabled: Type.Boolean(),
  greeting_enabled: Type.Boolean(),
});
export type PublicInbox = Static<typeof PublicInbox>;

/** How far an unproven claim of identity is believed. */
export const IdentityPolicy = words('legacy', 'safe', 'enforce');
export type IdentityPolicy = Static<typeof IdentityPolicy>;

export const SenderNameType = words('friendly', 'professional');
export type SenderNameType = Static<typeof SenderNameType>;

/** An inbox as agents see it (application-api.md section 4.5). */
export const Inbox = named('Inbox', {
  id: Id,
  channel_id: Id,
  name: Type.String(),
  channel_type: Type.Literal('Channel::Api'),
  avatar_url: Type.String({ description: 'address of the picture, or ""' }),
  greeting_enabled: Type.Boolean(),
  greeting_message: nullable(Type.String()),
  working_hours_enabled: Type.Boolean(),
  out_of_office_message: nullable(Type.String()),
  timezone: Type.String(),
  working_hours: Type.Array(WorkingHours, { description: 'seven days, Sunday first' }),
  enable_email_collect: Type.Boolean(),
  enable_auto_assignment: Type.Boolean(),
  auto_assignment_config: FreeForm,
  csat_config: FreeForm,
  csat_survey_enabled: Type.Boolean(),
  allow_messages_after_resolved: Type.Boolean(),
  lock_to_single_conversation: Type.Boolean(),
  sender_name_type: SenderNameType,
  business_name: nullable(Type.String()),
  callback_webhook_url: Type.Null(),
  allowed_domains: nullable(
    Type.String({ description: 'origins, comma-separated, that may frame the chat page; null: any' }),
  ),
  widget_color: Type.Null(),
  website_url: Type.Null(),
  welcome_title: Type.Null(),
  welcome_tagline: Type.Null(),
  web_widget_script: Type.Null(),
  website_token: Type.Null(),
  selected_feature_flags: Type.Null(),
  reply_time: Type.Null(),
  messaging_service_sid: Type.Null(),
  phone_number: Type.Null(),
  provider: Type.Null(),
  hmac_mandatory: Type.Boolean({ description: 'true exactly when `identity_policy` is `enforce`' }),
  identity_policy: IdentityPolicy,
  inbox_identifier: Type.String({ description: 'the public identifier of the Client API' }),
  webhook_url: nullable(Type.String()),
  additional_attributes: FreeForm,
  hmac_token: Type.Optional(Type.String({ description: 'administrators only' })),
  previous_hmac_token_expires_at: Type.Optional(
    nullable(
      Type.Integer({
        description: 'unix seconds until which the token before still counts; administrators only',
      }),
    ),
  ),
  secret: Type.Optional(
    Type.String({ description: 'signs the webhooks of this inbox; administrators only' }),
  ),
  standard_webhooks_secret: Type.Optional(
    Type.String({ description: 'the same secret as `whsec_` key; administrators only' }),
  ),
});
export type Inbox = Static<typeof Inbox>;

/** An inbox inside a contact's list of sessions. */
export const ShortInbox = named('ShortInbox', {
  id: Id,
  avatar_url: Type.String(),
  channel_id: Id,
  name: Type.String(),
  channel_type: Type.Literal('Channel::Api'),
  provider: Type.Null(),
});
export type ShortInbox = Static<typeof ShortInbox>;

/** The stored row, as the answer to "create contact" shows it (application-api.md section 6.7). */
export const InboxRow = named('InboxRow', {
  id: Id,
  channel_id: Id,
  account_id: Id,
  name: Type.String(),
  created_at: IsoTime,
  updated_at: IsoTime,
  channel_type: Type.Literal('Channel::Api'),
  enable_auto_assignment: Type.Boolean(),
  greeting_enabled: Type.Boolean(),
  greeting_message: nullable(Type.String()),
  email_address: Type.Null(),
  working_hours_enabled: Type.Boolean(),
  out_of_office_message: nullable(Type.String()),
  timezone: Type.String(),
  enable_email_collect: Type.Boolean(),
  csat_survey_enabled: Type.Boolean(),
  csat_config: FreeForm,
  allow_messages_after_resolved: Type.Boolean(),
  auto_assignment_config: FreeForm,
  lock_to_single_conversation: Type.Boolean(),
  portal_id: Type.Null(),
  sender_name_type: SenderNameType,
  business_name: nullable(Type.String()),
});
export type InboxRow = Static<typeof InboxRow>;

export const clientInboxes = endpoints({
  getInbox: {
    method: 'GET',
    path: inboxPath,
    auth: 'none',
    tag: 'Inbox (client)',
    summary: 'Read the public settings of the inbox',
    params: inboxParams,
    returns: PublicInbox,
  },
});

const notice = Type.Optional(nullable(Type.String({ maxLength: 10_000 })));
const hour = Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 23 })));
const minutes = Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 59 })));

const WorkingHoursInput = fields({
  day_of_week: Type.Integer({ minimum: 0, maximum: 6 }),
  closed_all_day: Type.Optional(Type.Boolean()),
  open_all_day: Type.Optional(Type.Boolean()),
  open_hour: hour,
  open_minutes: minutes,
  close_hour: hour,
  close_minutes: minutes,
});

const channelInput = {
  webhook_url: Type.Optional(nullable(WebAddress)),
  hmac_mandatory: Type.Optional(
    Type.Boolean({ description: 'true is the policy `enforce`; false turns `enforce` back into `safe`' }),
  ),
  identity_policy: Type.Optional(IdentityPolicy),
  allowed_domains: Type.Optional(nullable(Type.String({ maxLength: 10_000 }))),
  additional_attributes: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: '`agent_reply_time_window`: hours, more than 0, in which agents may reply',
    }),
  ),
};

const inboxInput = {
  name: Type.Optional(ShortText),
  identity_policy: Type.Optional(IdentityPolicy),
  greeting_enabled: Type.Optional(Type.Boolean()),
  greeting_message: notice,
  working_hours_enabled: Type.Optional(Type.Boolean()),
  out_of_office_message: notice,
  timezone: Type.Optional(Type.String({ description: 'IANA name' })),
  working_hours: Type.Optional(Type.Array(WorkingHoursInput)),
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

const Members = object({ payload: Type.Array(Agent) });
const membersInput = fields({
  inbox_id: Type.Optional(Id),
  user_ids: Type.Optional(Type.Array(Id)),
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
      channel: Type.Optional(fields({ type: Type.Optional(words('api')), ...channelInput })),
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
    body: fields({ ...inboxInput, channel: Type.Optional(fields(channelInput)) }),
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
