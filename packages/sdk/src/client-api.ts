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

/** What a person says about themselves. Blank never clears a field. */
export interface ContactFields {
  name?: string;
  email?: string;
  /** E.164, with the plus sign. */
  phone_number?: string;
  avatar_url?: string;
  custom_attributes?: Record<string, unknown>;
}

/** Proof of who somebody is: the hash is made on your server with the inbox's HMAC token. */
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
  /** What happened after the cursor `after`; waits up to `wait` seconds (at most 25) for something to happen. */
  listEvents(
    input: { after?: string; limit?: number; wait?: number },
    options?: CallOptions,
  ): Promise<EventPage>;
}

const contacts = '/public/api/v1/inboxes/{inbox_identifier}/contacts';
const contact = `${contacts}/{contact_identifier}` as const;
const conversations = `${contact}/conversations` as const;
const conversation = `${conversations}/{conversation_id}` as const;
const messages = `${conversation}/messages` as const;
const survey = '/public/api/v1/csat_survey/{conversation_uuid}';

export const clientEndpoints = {
  getInbox: ['GET', '/public/api/v1/inboxes/{inbox_identifier}'],
  createContact: ['POST', contacts],
  getContact: ['GET', contact],
  updateContact: ['PATCH', contact],
  listConversations: ['GET', conversations],
  createConversation: ['POST', conversations],
  getConversation: ['GET', conversation],
  toggleStatus: ['POST', `${conversation}/toggle_status`],
  toggleTyping: ['POST', `${conversation}/toggle_typing`],
  updateLastSeen: ['POST', `${conversation}/update_last_seen`],
  listMessages: ['GET', messages],
  postMessage: ['POST', messages],
  updateMessage: ['PATCH', `${messages}/{message_id}`],
  getCsatSurvey: ['GET', survey],
  updateCsatSurvey: ['PATCH', survey],
  listEvents: ['GET', `${contact}/events`],
} as const satisfies { [Name in keyof ClientApi]: ClientRoutes[Name] };

/** `contact_identifier` answers with the `source_id` of the session; only asked for where the path names it. */
export function createClientApi(
  http: Http,
  inbox_identifier: string,
  contact_identifier: () => Promise<string>,
): ClientApi {
  const names = Object.keys(clientEndpoints) as (keyof ClientApi)[];
  const calls = names.map((name) => {
    const endpoint = clientEndpoints[name];
    const ofSession = endpoint[1].startsWith(contact);
    const run = async (input: object = {}, options?: CallOptions) =>
      call(
        http,
        endpoint,
        { ...input, inbox_identifier, ...(ofSession && { contact_identifier: await contact_identifier() }) },
        options,
      );
    return [name, run] as const;
  });
  return Object.fromEntries(calls) as unknown as ClientApi;
}
