/** The wire as the SDK speaks it: the contract's types. Only types: the schemas stay on the server. */
import type { AgentEventData, AgentEventName, ContactEventData, ContactEventName } from '@hoory/contract';

export type {
  Attachment,
  Availability,
  ContactRecord,
  ContactSession,
  Conversation as ConversationRecord,
  ConversationChanged,
  ConversationStatus,
  CsatSurvey,
  EventConversation,
  EventMessage,
  EventPage,
  EventUser,
  LoggedEvent,
  Message,
  MessageCreated,
  MessageUpdated,
  PublicInbox,
  Sender,
  SubmittedValues,
  Typing,
} from '@hoory/contract';

/** What a customer hears (cable.md section C.4). */
export type ContactEvents = { [Name in ContactEventName]: ContactEventData<Name> };

/** What an agent hears (cable.md section C.4). */
export type AgentEvents = { [Name in AgentEventName]: AgentEventData<Name> };
