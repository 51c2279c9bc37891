/**
 * Domain events: changes that a room made, for the listeners in its transaction. One map from event name to ids and detail. The
 * names are those of webhooks where webhooks have the event.
 */
import type { Sender } from '@hoory/contract';
import type { AttachmentRow, ContactRow, InboxRow, MessageRow } from '../db/tables.ts';

/** The author of a change. */
export interface Actor {
  /** For the activity line. */
  name: string;
  /** Absent for customers and for the server itself. */
  user_id?: number;
}

/** Values of changed columns, `[before, after]` (webhooks.md section 4.6). */
export type ChangedAttributes = Record<string, [before: unknown, after: unknown]>;

interface AccountScope {
  account_id: number;
  inbox_id?: undefined;
  conversation_id?: undefined;
}

interface InboxScope {
  account_id: number;
  inbox_id: number;
  conversation_id?: undefined;
}

interface ConversationScope {
  account_id: number;
  inbox_id: number;
  conversation_id: number;
}

interface Change {
  changed_attributes: ChangedAttributes;
  by?: Actor;
  /** Activity lines that agents read in the conversation. */
  activity?: readonly string[];
}

/** A stored message with what its events show, so that no listener reads it again. */
export interface CreatedMessage {
  message: MessageRow;
  attachments: AttachmentRow[];
  /** Undefined for the system. */
  sender: Sender | undefined;
  /** Of its conversation: the number in its account. */
  display_id: number;
}

interface Typing {
  user: Sender;
  is_private: boolean;
}

/** Details of events of one conversation. */
interface ConversationDetails {
  /** Not for activity lines. */
  message_created: CreatedMessage;
  message_updated: { message_id: number };
  /** Before the message becomes `sent` again. */
  message_retried: { message_id: number };
  conversation_created: { status: string };
  conversation_updated: Change;
  conversation_status_changed: Change;
  conversation_bot_handoff: { by: Actor };
  /** Before the event of the private note that mentions these users. */
  conversation_mentioned: { message: MessageRow; user_ids: readonly number[] };
  /** An agent has read the conversation. */
  conversation_seen: { user_id: number };
  conversation_typing_on: Typing;
  conversation_typing_off: Typing;
  conversation_muted: { activity: readonly string[] };
  conversation_unmuted: { activity: readonly string[] };
  /** Before its row is deleted. */
  conversation_deleting: Record<never, never>;
}

interface InboxDetails {
  inbox_created: { inbox: InboxRow };
  inbox_updated: { inbox: InboxRow; previous: InboxRow };
  inbox_members_removed: { user_ids: readonly number[] };
}

interface Merge {
  base_id: number;
  mergee_id: number;
}

interface AccountDetails {
  agent_removed: { user_id: number };
  /** Before its row is deleted. */
  agent_bot_removed: { agent_bot_id: number };
  /** Before its row is deleted. */
  team_deleted: { team_id: number };
  label_changed: Record<never, never>;
  contact_created: { contact: ContactRow };
  contact_updated: { contact: ContactRow; changed_attributes?: ChangedAttributes };
  /** Before the merged contact's row is deleted: listeners move what refers to it. */
  contact_merging: Merge;
  contact_merged: Merge & { merged: ContactRow; mergee: ContactRow };
  /** Before the rows of the contact are deleted. */
  contact_deleted: { contact_id: number };
}

type Scoped<Scope, Details> = {
  [Name in keyof Details]: Scope & { event: Name; detail: Details[Name] };
};

/** Every domain event by its name. */
export type DomainEvents = Scoped<ConversationScope, ConversationDetails> &
  Scoped<InboxScope, InboxDetails> &
  Scoped<AccountScope, AccountDetails>;

export type DomainEventName = keyof DomainEvents;

/** A domain event with one of these names. */
export type DomainEvent<Name extends DomainEventName = DomainEventName> = DomainEvents[Name];

/** Whether the event has one of these names. */
export function isNamed<Name extends DomainEventName>(
  event: DomainEvent,
  names: readonly Name[],
): event is DomainEvent<Name> {
  return names.some((name) => name === event.event);
}

/** The events with this name, in their order. */
export const eventsNamed = <Name extends DomainEventName>(
  events: readonly DomainEvent[],
  name: Name,
): DomainEvent<Name>[] => events.filter((event) => isNamed(event, [name]));

/** An event of one conversation. */
export const conversationEvent = <Name extends keyof ConversationDetails>(
  event: Name,
  row: { id: number; account_id: number; inbox_id: number },
  detail: ConversationDetails[Name],
): ConversationScope & { event: Name; detail: ConversationDetails[Name] } => ({
  event,
  account_id: row.account_id,
  inbox_id: row.inbox_id,
  conversation_id: row.id,
  detail,
});
