/**
 * An inbox is an API channel through which customers write. Shapes: `PublicInbox` for customers (client-api.md sections 2.3 and
 * 5.1), `Inbox` for agents (application-api.md section 4.5), `ShortInbox` and `InboxRow` inside sessions. Fields of channels
 * that do not exist here are always null. `identity_policy` and `allowed_domains` are our additions.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { inboxParams, inboxPath } from './paths.ts';
import { alwaysNull, FreeForm, Id, IsoTime, named, nullable, object, UnixSeconds, words } from './schema.ts';

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

/** The fields of an inbox that anyone who knows its identifier may read (client-api.md section 2.3). */
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

/** A setting of upstream's mails, stored and answered without an effect. */
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
  callback_webhook_url: alwaysNull(Type.String()),
  allowed_domains: nullable(
    Type.String({ description: 'origins, comma-separated, that may frame the chat page; null: any' }),
  ),
  widget_color: alwaysNull(Type.String()),
  website_url: alwaysNull(Type.String()),
  welcome_title: alwaysNull(Type.String()),
  welcome_tagline: alwaysNull(Type.String()),
  web_widget_script: alwaysNull(Type.String()),
  website_token: alwaysNull(Type.String()),
  selected_feature_flags: alwaysNull(Type.Array(Type.String())),
  reply_time: alwaysNull(Type.String()),
  messaging_service_sid: alwaysNull(Type.String()),
  phone_number: alwaysNull(Type.String()),
  provider: alwaysNull(Type.String()),
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

/** How the identity policies treat the sessions that wrote lately. */
export const IdentityReport = named('IdentityReport', {
  since: UnixSeconds,
  complete: Type.Boolean({ description: 'false when only the newest conversations were looked at' }),
  sessions: object(
    {
      active: Type.Integer(),
      verified: Type.Integer({ description: 'have proven who they are' }),
      guessable: Type.Integer({ description: 'unverified, with a source_id that is not hard to guess' }),
      claiming: Type.Integer({ description: 'unverified, naming what belongs to another contact' }),
    },
    'sessions whose customer wrote since then',
  ),
  refused: object(
    { legacy: Type.Integer(), safe: Type.Integer(), enforce: Type.Integer() },
    'how many of the sessions each policy would have refused',
  ),
  examples: Type.Array(
    object({
      contact_id: Id,
      name: Type.String(),
      conversation_id: Type.Integer({ description: 'display id of the newest conversation' }),
      last_incoming_at: UnixSeconds,
      guessable: Type.Boolean(),
      claiming: Type.Boolean(),
    }),
    { description: 'the newest unverified sessions, at most 20' },
  ),
});
export type IdentityReport = Static<typeof IdentityReport>;

/** An inbox inside a contact's list of sessions. */
export const ShortInbox = named('ShortInbox', {
  id: Id,
  avatar_url: Type.String(),
  channel_id: Id,
  name: Type.String(),
  channel_type: Type.Literal('Channel::Api'),
  provider: alwaysNull(Type.String()),
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
  email_address: alwaysNull(Type.String()),
  working_hours_enabled: Type.Boolean(),
  out_of_office_message: nullable(Type.String()),
  timezone: Type.String(),
  enable_email_collect: Type.Boolean(),
  csat_survey_enabled: Type.Boolean(),
  csat_config: FreeForm,
  allow_messages_after_resolved: Type.Boolean(),
  auto_assignment_config: FreeForm,
  lock_to_single_conversation: Type.Boolean(),
  portal_id: alwaysNull(Id),
  sender_name_type: SenderNameType,
  business_name: nullable(Type.String()),
});
export type InboxRow = Static<typeof InboxRow>;

/** The public settings of an inbox, without credentials. */
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
