/** Converts loaded rows to the payloads of webhooks (webhooks.md section 4). Nothing here reads the database. */
import type { WebhookConversation } from '@hoory/contract';
import { MessageType } from '@hoory/contract';
import type { App } from '../app.ts';
import { attributeLimitAfter, toEventContact } from '../contacts/wire.ts';
import { toEventConversation } from '../conversations/record/wire.ts';
import type { ContactRow, InboxRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { readWorkingHours } from '../inboxes/rules.ts';
import { toStoredInbox } from '../inboxes/wire.ts';
import type { LoadedConversation } from '../messages/loaded-conversation.ts';
import { type MessageParts, toAgentMessage, toEventMessage } from '../messages/wire.ts';
import { withoutCredentials } from '../outgoing/web-address.ts';
import { toIso } from '../time.ts';
import {
  type IdAndName,
  stripHardBreaks,
  toChangedAttributes,
  toIdAndName,
  toWebhookContact,
  toWebhookSender,
  withoutHardBreaks,
} from './payload-parts.ts';

type Changes = Record<string, [unknown, unknown]>;

/** A conversation as every payload nests it, without the token of its session. */
export function toWebhookConversation(
  app: App,
  loaded: LoadedConversation,
  account: IdAndName,
): WebhookConversation {
  const { conversation, session, last } = loaded;
  const newest = last && withoutHardBreaks(toEventMessage(app, last, conversation, session.source_id));
  const { account_id: _, ...form } = toEventConversation(loaded, newest, { now: app.now() });
  return { ...form, account: toIdAndName(account) };
}

export interface MessagePayloadSource {
  loaded: LoadedConversation;
  parts: MessageParts;
  account: IdAndName;
  emails: ReadonlyMap<number, string>;
}

const typeWords = new Map<number, 'incoming' | 'outgoing' | 'template'>([
  [MessageType.incoming, 'incoming'],
  [MessageType.outgoing, 'outgoing'],
  [MessageType.template, 'template'],
]);

/** The nested conversation contains this message, also a private note, instead of its last public one (webhooks.md section 4.2). */
export function messagePayload<Event extends 'message_created' | 'message_updated'>(
  app: App,
  event: Event,
  { loaded, parts, account, emails }: MessagePayloadSource,
) {
  const { message, sender } = parts;
  const { attachments } = toAgentMessage(app, parts);
  return {
    account: toIdAndName(account),
    additional_attributes: readFreeForm(message.additional_attributes),
    ...(attachments && { attachments }),
    content: toMessageContent(app, loaded, parts),
    content_attributes: readFreeForm(message.content_attributes),
    content_type: message.content_type,
    conversation: toWebhookConversation(app, { ...loaded, last: parts }, account),
    created_at: toIso(message.created_at),
    id: message.id,
    inbox: toIdAndName(loaded.inbox),
    message_type: typeWords.get(message.message_type) ?? 'template',
    private: message.private === 1,
    sender: toWebhookSender(sender, account, emails),
    source_id: message.source_id,
    event,
  };
}

/** A survey is sent with the link to its page. */
function toMessageContent(
  app: App,
  { conversation }: LoadedConversation,
  { message }: MessageParts,
): string | null {
  const content = stripHardBreaks(message.content);
  if (message.content_type !== 'input_csat') return content;
  return `${content ?? ''} ${app.url()}/survey/responses/${conversation.uuid}`.trim();
}

export function contactPayload(contact: ContactRow, account: IdAndName, changes: Changes | undefined) {
  const form = toWebhookContact(toEventContact(contact, attributeLimitAfter(changes)), account);
  if (!changes) return { ...form, event: 'contact_created' as const };
  const { blocked, ...others } = changes;
  const changed_attributes = toChangedAttributes({
    ...others,
    ...(blocked && { blocked: [blocked[0] === 1, blocked[1] === 1] as const }),
  });
  return { ...form, changed_attributes, event: 'contact_updated' as const };
}

/** Settings of an inbox and its channel, without secrets (decisions.md 9). */
function toWebhookInbox(inbox: InboxRow) {
  const settings = toStoredInbox(inbox);
  const { account_id, created_at, updated_at } = settings;
  return {
    id: inbox.id,
    name: inbox.name,
    allow_messages_after_resolved: settings.allow_messages_after_resolved,
    lock_to_single_conversation: settings.lock_to_single_conversation,
    auto_assignment_config: settings.auto_assignment_config,
    enable_auto_assignment: settings.enable_auto_assignment,
    enable_email_collect: settings.enable_email_collect,
    greeting_enabled: settings.greeting_enabled,
    greeting_message: settings.greeting_message,
    csat_survey_enabled: settings.csat_survey_enabled,
    business_name: settings.business_name,
    sender_name_type: settings.sender_name_type,
    timezone: settings.timezone,
    out_of_office_message: settings.out_of_office_message,
    working_hours_enabled: settings.working_hours_enabled,
    working_hours: readWorkingHours(inbox).map((day) => ({ ...day })),
    created_at,
    updated_at,
    channel: {
      id: inbox.id,
      account_id,
      identifier: inbox.identifier,
      webhook_url: inbox.webhook_url && withoutCredentials(inbox.webhook_url),
      hmac_mandatory: inbox.identity_policy === 'enforce',
      hmac_token: null,
      secret: null,
      additional_attributes: readFreeForm(inbox.additional_attributes),
      created_at,
      updated_at,
    },
  };
}

export function inboxPayload(inbox: InboxRow, account: IdAndName, previous: InboxRow | undefined) {
  const form = { ...toWebhookInbox(inbox), account: toIdAndName(account) };
  if (!previous) return { ...form, event: 'inbox_created' as const };
  const before = toInboxColumns(toWebhookInbox(previous));
  const after = toInboxColumns(form);
  const changed = Object.keys(before).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const changed_attributes = toChangedAttributes(
    Object.fromEntries(changed.map((key) => [key, [before[key], after[key]] as const])),
  );
  return { ...form, changed_attributes, event: 'inbox_updated' as const };
}

/** The channel's columns beside the inbox's own. */
const toInboxColumns = ({
  channel,
  ...settings
}: ReturnType<typeof toWebhookInbox>): Record<string, unknown> => ({
  webhook_url: channel.webhook_url,
  hmac_mandatory: channel.hmac_mandatory,
  additional_attributes: channel.additional_attributes,
  ...settings,
});
