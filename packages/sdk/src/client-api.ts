/** The Client API, call by call (client-api.md section 5), for one contact session. */

import { type CallOptions, call } from './call.ts';
import type { Http } from './http.ts';
import type {
  ClientRoutes,
  ContactRecord,
  ContactSession,
  ConversationRecord,
  CsatSurvey,
  EventPage,
  Message,
  PublicInbox,
  SubmittedValues,
} from './wire.ts';

/** Data of the contact as the customer gives them, unproven. An empty text does not clear a field (client-api.md section 5.4). */
export interface ContactFields {
  name?: string;
  email?: string;
  /** E.164, with the plus sign. */
  phone_number?: string;
  avatar_url?: string;
  custom_attributes?: Record<string, unknown>;
}

/** Proof of identity: your server computes the hash with the HMAC token of the inbox (client-api.md section 4). */
export interface Proof {
  identifier: string;
  identifier_hash?: string;
}

export type CreateContact = ContactFields & Partial<Proof> & { source_id?: string };

/** All of them throw `HooryError`. `conversation_id` is the display id. */
export interface ClientApi {
  getInbox(): Promise<PublicInbox>;
  /** Opens the session named by `source_id`, or a new one. */
  createContact(input: CreateContact, options?: CallOptions): Promise<ContactSession>;
  getContact(): Promise<ContactSession>;
  updateContact(input: ContactFields & Partial<Proof>): Promise<ContactRecord>;
  listConversations(): Promise<ConversationRecord[]>;
  createConversation(
    input?: { custom_attributes?: Record<string, unknown> },
    options?: CallOptions,
  ): Promise<ConversationRecord>;
  getConversation(input: { conversation_id: number }): Promise<ConversationRecord>;
  /** Resolves; a message reopens. */
  toggleStatus(input: { conversation_id: number }): Promise<ConversationRecord>;
  toggleTyping(input: { conversation_id: number; typing_status: 'on' | 'off' }): Promise<void>;
  updateLastSeen(input: { conversation_id: number }): Promise<void>;
  /** The newest 20 messages, or the 20 before the id `before`, oldest first. */
  listMessages(input: { conversation_id: number; before?: number }): Promise<Message[]>;
  postMessage(
    input: { conversation_id: number; content?: string; echo_id?: string },
    options?: CallOptions,
  ): Promise<Message>;
  updateMessage(input: {
    conversation_id: number;
    message_id: number;
    submitted_values: SubmittedValues;
  }): Promise<Message>;
  getCsatSurvey(input: { conversation_uuid: string }): Promise<CsatSurvey>;
  updateCsatSurvey(input: {
    conversation_uuid: string;
    message: { submitted_values: SubmittedValues };
  }): Promise<CsatSurvey>;
  /** Events after the cursor `after`. Without any, the answer waits for one, up to `wait` seconds (at most 25). */
  listEvents(
    input: { after?: string; limit?: number; wait?: number },
    options?: CallOptions,
  ): Promise<EventPage>;
}

const inbox = '/public/api/v1/inboxes/{inbox_identifier}';
const contacts = `${inbox}/contacts` as const;
const contact = `${contacts}/{contact_identifier}` as const;
const conversations = `${contact}/conversations` as const;
const conversation = `${conversations}/{conversation_id}` as const;
const messages = `${conversation}/messages` as const;
const survey = '/public/api/v1/csat_survey/{conversation_uuid}';

/** Every call as a function of its route. `contact_identifier` answers with the `source_id` of the session, for paths that name it. */
export function createClientApi(
  http: Http,
  inbox_identifier: string,
  contact_identifier: () => Promise<string>,
): ClientApi {
  const to =
    <Route extends ClientRoutes[keyof ClientRoutes], Answer>(...route: Route) =>
    async (input: object = {}, options?: CallOptions): Promise<Answer> =>
      call(
        http,
        route,
        {
          ...input,
          inbox_identifier,
          ...(route[1].startsWith(contact) && { contact_identifier: await contact_identifier() }),
        },
        options,
      );
  return {
    getInbox: to('GET', inbox),
    createContact: to('POST', contacts),
    getContact: to('GET', contact),
    updateContact: to('PATCH', contact),
    listConversations: to('GET', conversations),
    createConversation: to('POST', conversations),
    getConversation: to('GET', conversation),
    toggleStatus: to('POST', `${conversation}/toggle_status`),
    toggleTyping: to('POST', `${conversation}/toggle_typing`),
    updateLastSeen: to('POST', `${conversation}/update_last_seen`),
    listMessages: to('GET', messages),
    postMessage: to('POST', messages),
    updateMessage: to('PATCH', `${messages}/{message_id}`),
    getCsatSurvey: to('GET', survey),
    updateCsatSurvey: to('PATCH', survey),
    listEvents: to('GET', `${contact}/events`),
  };
}
