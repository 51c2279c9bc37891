/** Converts the input of create and update into columns of an inbox (application-api.md section 6.5). */
import type { IdentityPolicy, SenderNameType } from '@hoory/contract';
import { toTimezone } from '../accounts/time-zone.ts';
import type { InboxRow } from '../db/tables.ts';
import { invalid } from '../errors.ts';
import { toFreeForm } from '../free-form.ts';
import {
  checkChannelAttributes,
  defaultWorkingHours,
  mergeWorkingHours,
  readWorkingHours,
  toIdentityPolicy,
  toOrigins,
  toWebhookUrl,
  type WorkingDay,
} from './rules.ts';

type Attributes = Record<string, unknown>;

export interface InboxInput {
  name?: string;
  identity_policy?: IdentityPolicy;
  greeting_enabled?: boolean;
  greeting_message?: string | null;
  working_hours_enabled?: boolean;
  out_of_office_message?: string | null;
  timezone?: string;
  working_hours?: (Pick<WorkingDay, 'day_of_week'> & Partial<WorkingDay>)[];
  enable_email_collect?: boolean;
  enable_auto_assignment?: boolean;
  auto_assignment_config?: Attributes;
  csat_survey_enabled?: boolean;
  csat_config?: Attributes;
  allow_messages_after_resolved?: boolean;
  lock_to_single_conversation?: boolean;
  sender_name_type?: SenderNameType;
  business_name?: string | null;
  channel?: {
    webhook_url?: string | null;
    hmac_mandatory?: boolean;
    identity_policy?: IdentityPolicy;
    allowed_domains?: string | null;
    additional_attributes?: Attributes;
  };
}

const flags = [
  'greeting_enabled',
  'working_hours_enabled',
  'enable_email_collect',
  'enable_auto_assignment',
  'csat_survey_enabled',
  'allow_messages_after_resolved',
  'lock_to_single_conversation',
] as const;
const texts = ['greeting_message', 'out_of_office_message', 'business_name'] as const;
const objects = ['auto_assignment_config', 'csat_config'] as const;

/**
 * The columns that the input sets.
 * @param stored the row before the change; undefined for a new inbox
 * @throws invalid 422 by field
 */
export function toInboxColumns(input: InboxInput, stored: InboxRow | undefined): Partial<InboxRow> {
  const columns: Partial<InboxRow> = { ...channelColumns(input, stored) };
  if (input.name !== undefined) columns.name = toName(input.name);
  for (const name of flags) {
    const value = input[name];
    if (value !== undefined) columns[name] = Number(value);
  }
  for (const name of texts) {
    const value = input[name];
    if (value !== undefined) columns[name] = textOrNull(value);
  }
  for (const name of objects) {
    const value = input[name];
    if (value !== undefined) columns[name] = toFreeForm(name, value);
  }
  if (input.sender_name_type !== undefined) columns.sender_name_type = input.sender_name_type;
  if (input.timezone?.trim()) columns.timezone = toTimezone(input.timezone.trim());
  if (input.working_hours) {
    const week = stored ? readWorkingHours(stored) : defaultWorkingHours;
    columns.working_hours = JSON.stringify(mergeWorkingHours(week, input.working_hours));
  }
  return columns;
}

function channelColumns(
  { channel = {}, identity_policy }: InboxInput,
  stored: InboxRow | undefined,
): Partial<InboxRow> {
  const { webhook_url, hmac_mandatory, allowed_domains, additional_attributes } = channel;
  return {
    identity_policy: toIdentityPolicy(stored?.identity_policy ?? 'safe', {
      identity_policy: identity_policy ?? channel.identity_policy,
      hmac_mandatory,
    }),
    ...(webhook_url !== undefined && { webhook_url: toWebhookUrl(textOrNull(webhook_url)) }),
    ...(allowed_domains !== undefined && {
      allowed_origins: JSON.stringify(toOrigins(textOrNull(allowed_domains))),
    }),
    ...(additional_attributes && {
      additional_attributes: toFreeForm(
        'additional_attributes',
        checkChannelAttributes(additional_attributes),
      ),
    }),
  };
}

/** @throws invalid 422 on `name` for a blank name */
export function toName(text: string | undefined): string {
  const name = text?.trim();
  if (!name || name === 'null') throw invalid('name', "Name can't be blank");
  return name;
}

/** The text `null` and a blank text are null (application-api.md section 6.5). */
const textOrNull = (text: string | null) => (text === null || text === 'null' || text === '' ? null : text);
