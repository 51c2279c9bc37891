/** The wire as the SDK speaks it: the contract's types, and the few shapes that only a client needs. */
import type { Availability, EventConversation, EventMessage, EventUser } from '@hoory/contract';

export type {
  Attachment,
  Availability,
  ContactRecord,
  ContactSession,
  Conversation,
  ConversationStatus,
  CsatSurvey,
  EventConversation,
  EventMessage,
  EventUser,
  Message,
  PublicInbox,
  Sender,
} from '@hoory/contract';

type Scalar = string | number | boolean | null;

/** What a customer answers to a form, a choice or a survey (client-api.md section 2.8). */
export type SubmittedValues =
  | { name?: string; title?: string; value?: Scalar }[]
  | { csat_survey_response: { rating: number; feedback_message?: string } };

export interface Rating {
  submitted_values: { csat_survey_response: { rating: number; feedback_message?: string } };
}

/** Who types; the customer hears of agents and bots. */
export interface TypingEvent {
  conversation: EventConversation;
  user: EventUser | { id: number; name: string; type: string };
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

export interface LoggedEvent {
  cursor: string;
  event: string;
  data: unknown;
  created_at: number;
}

/** A page of the event log. `reset`: the cursor is older than the log, fetch the state anew. */
export interface EventPage {
  events: LoggedEvent[];
  cursor: string;
  reset: boolean;
}
