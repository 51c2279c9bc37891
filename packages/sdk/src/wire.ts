/** The wire as the SDK speaks it: the contract's types, and the few shapes that only a client needs. */
import type {
  Availability,
  EventAgentBot,
  EventContact,
  EventConversation,
  EventMessage,
  EventUser,
} from '@hoory/contract';

export type {
  Attachment,
  Availability,
  ContactRecord,
  ContactSession,
  Conversation,
  ConversationStatus,
  CsatSurvey,
  EventAgentBot,
  EventContact,
  EventConversation,
  EventMessage,
  EventPage,
  EventUser,
  LoggedEvent,
  Message,
  PublicInbox,
  Sender,
  SubmittedValues,
} from '@hoory/contract';

/** Who types; the customer hears of agents and bots. */
export interface TypingEvent {
  conversation: EventConversation;
  user: EventUser | EventAgentBot | EventContact;
  is_private: boolean;
}

/** What a customer hears (cable.md section C.4). */
export interface ContactEvents {
  'message.created': EventMessage;
  'message.updated': EventMessage & { previous_changes?: Record<string, unknown> };
  'conversation.created': EventConversation;
  'conversation.updated': EventConversation;
  'conversation.status_changed': EventConversation;
  'conversation.typing_on': TypingEvent;
  'conversation.typing_off': TypingEvent;
  'presence.update': { users: Record<string, Availability> };
}

/** What an agent hears (cable.md section C.4). */
export interface AgentEvents {
  'message.created': EventMessage;
  'message.updated': EventMessage & { previous_changes?: Record<string, unknown> };
  'first.reply.created': EventMessage;
  'conversation.created': EventConversation;
  'conversation.updated': EventConversation;
  'conversation.status_changed': EventConversation;
  'conversation.read': EventConversation;
  'conversation.contact_changed': EventConversation;
  'conversation.mentioned': EventConversation;
  'conversation.typing_on': TypingEvent;
  'conversation.typing_off': TypingEvent;
  'assignee.changed': EventConversation;
  'team.changed': EventConversation;
  'contact.created': EventContact;
  'contact.updated': EventContact;
  'contact.merged': EventContact;
  'contact.deleted': { id: number };
  'presence.update': { users: Record<string, Availability>; contacts: Record<string, 'online'> };
  'notification.created': Record<string, unknown>;
  'notification.updated': Record<string, unknown>;
  'notification.deleted': Record<string, unknown>;
  'account.cache_invalidated': { cache_keys: Record<string, string> };
}
