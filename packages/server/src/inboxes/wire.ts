/** Wire shapes of inboxes: for agents, in short, as a stored row, and for the public. */
import type { Inbox, PublicInbox, ShortInbox, InboxRow as StoredInbox } from '@hoory/contract';
import type { AgentCaller } from '../caller.ts';
import type { InboxRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { withoutCredentials } from '../outgoing/web-address.ts';
import { toWebhookKey } from '../secrets.ts';
import { readWords } from '../stored-json.ts';
import { toIso } from '../time.ts';
import { readWorkingHours } from './rules.ts';

/** The fields that `Inbox` and `StoredInbox` share. */
function settingsOf(inbox: InboxRow) {
  return {
    id: inbox.id,
    channel_id: inbox.id,
    name: inbox.name,
    channel_type: 'Channel::Api',
    greeting_enabled: inbox.greeting_enabled === 1,
    greeting_message: inbox.greeting_message,
    working_hours_enabled: inbox.working_hours_enabled === 1,
    out_of_office_message: inbox.out_of_office_message,
    timezone: inbox.timezone,
    enable_email_collect: inbox.enable_email_collect === 1,
    enable_auto_assignment: inbox.enable_auto_assignment === 1,
    auto_assignment_config: readFreeForm(inbox.auto_assignment_config),
    csat_config: readFreeForm(inbox.csat_config),
    csat_survey_enabled: inbox.csat_survey_enabled === 1,
    allow_messages_after_resolved: inbox.allow_messages_after_resolved === 1,
    lock_to_single_conversation: inbox.lock_to_single_conversation === 1,
    sender_name_type: inbox.sender_name_type,
    business_name: inbox.business_name,
  } as const;
}

/** Fields of other channel types: present but null for an API inbox (application-api.md section 4.5). */
const otherChannels = {
  callback_webhook_url: null,
  widget_color: null,
  website_url: null,
  welcome_title: null,
  welcome_tagline: null,
  web_widget_script: null,
  website_token: null,
  selected_feature_flags: null,
  reply_time: null,
  messaging_service_sid: null,
  phone_number: null,
  provider: null,
} as const;

/**
 * The inbox as agents see it; its secrets are for administrators only (application-api.md section 3). `Object.assign` instead of
 * spreads: an object of so many fields spread into a literal takes 100 us and more, which an account of 300 inboxes waits for.
 */
export function toInbox(inbox: InboxRow, role: AgentCaller['role']): Inbox {
  const origins = readWords(inbox.allowed_origins);
  const isAdministrator = role === 'administrator';
  const webhook_url = isAdministrator
    ? inbox.webhook_url
    : inbox.webhook_url && withoutCredentials(inbox.webhook_url);
  return Object.assign(
    settingsOf(inbox),
    otherChannels,
    {
      avatar_url: inbox.avatar_url ?? '',
      working_hours: readWorkingHours(inbox),
      allowed_domains: origins.length ? origins.join(',') : null,
      hmac_mandatory: inbox.identity_policy === 'enforce',
      identity_policy: inbox.identity_policy,
      inbox_identifier: inbox.identifier,
      webhook_url,
      additional_attributes: readFreeForm(inbox.additional_attributes),
    },
    isAdministrator ? secretsOf(inbox) : {},
  );
}

const secretsOf = (inbox: InboxRow) => ({
  hmac_token: inbox.hmac_token,
  previous_hmac_token_expires_at:
    inbox.previous_hmac_token_until && Math.floor(inbox.previous_hmac_token_until / 1000),
  secret: inbox.secret,
  standard_webhooks_secret: toWebhookKey(inbox.secret),
});

/** The inbox as part of a contact's session. */
export function toShortInbox(inbox: Pick<InboxRow, 'id' | 'name' | 'avatar_url'>): ShortInbox {
  return {
    id: inbox.id,
    avatar_url: inbox.avatar_url ?? '',
    channel_id: inbox.id,
    name: inbox.name,
    channel_type: 'Channel::Api',
    provider: null,
  };
}

/** The inbox in the answer to "create contact" (application-api.md section 6.7). */
export function toStoredInbox(inbox: InboxRow): StoredInbox {
  return {
    ...settingsOf(inbox),
    account_id: inbox.account_id,
    created_at: toIso(inbox.created_at),
    updated_at: toIso(inbox.updated_at),
    email_address: null,
    portal_id: null,
  };
}

/** The fields for everyone who knows the identifier (client-api.md section 2.3). */
export function toPublicInbox(inbox: InboxRow): PublicInbox {
  return {
    identifier: inbox.identifier,
    identity_validation_enabled: inbox.identity_policy === 'enforce',
    name: inbox.name,
    timezone: inbox.timezone,
    working_hours: readWorkingHours(inbox),
    working_hours_enabled: inbox.working_hours_enabled === 1,
    csat_survey_enabled: inbox.csat_survey_enabled === 1,
    greeting_enabled: inbox.greeting_enabled === 1,
  };
}
