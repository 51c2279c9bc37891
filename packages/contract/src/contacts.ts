/**
 * Contacts and their sessions. A contact is a customer in an account; a session (`contact_inbox` on the wire) is that customer
 * in one inbox, named by its secret `source_id`. Shapes: `ContactSession` and `ContactRecord` for the customer (client-api.md
 * sections 2.1 and 2.2, endpoints 5.2 to 5.4), `Contact` for agents (application-api.md section 4.6); events have a form of
 * their own (`senders.ts`). `unverified_claims` and `hmac_verified` are our additions: an unproven e-mail or phone number is
 * kept as a claim and merges nothing, where upstream shows the owner's record (client-api.md sections 4 and 11).
 */
import Type, { type Static } from 'typebox';
import { MAX_CONTACT_INBOXES, MAX_NAME } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { InboxRow, ShortInbox } from './inboxes.ts';
import { inboxParams, inboxPath, proof, proofKeys, sessionParams, sessionPath } from './paths.ts';
import {
  Email,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  PhoneNumber,
  PictureAddress,
  ShortText,
  UnixSeconds,
  words,
} from './schema.ts';
import { Availability } from './senders.ts';

/** A session as its owner sees it (client-api.md section 2.1). */
export const ContactSession = named(
  'ContactSession',
  {
    source_id: Type.String({ description: 'names the session in every later request; keep it secret' }),
    pubsub_token: Type.String({ description: 'opens the session on /cable' }),
    id: Id,
    name: nullable(Type.String()),
    email: nullable(Type.String()),
    phone_number: nullable(Type.String()),
  },
  {
    examples: [
      {
        source_id: '0b6f0f1e-6a57-4a0b-9d0a-2f6f5f1f2a11',
        pubsub_token: '9tQ2vXw7LkP4sRzC3mNb8HdY',
        id: 311,
        name: 'quiet-river-204',
        email: null,
        phone_number: null,
      },
    ],
  },
);
export type ContactSession = Static<typeof ContactSession>;

/** The stored contact, as the Client API embeds it (client-api.md section 2.2). */
export const ContactRecord = named('ContactRecord', {
  id: Id,
  name: Type.String(),
  email: nullable(Type.String()),
  phone_number: nullable(Type.String()),
  account_id: Id,
  created_at: IsoTime,
  updated_at: IsoTime,
  additional_attributes: FreeForm,
  identifier: nullable(Type.String()),
  custom_attributes: FreeForm,
  last_activity_at: nullable(IsoTime),
  contact_type: words('visitor', 'lead', 'customer'),
  middle_name: Type.String(),
  last_name: Type.String(),
  location: nullable(Type.String()),
  country_code: nullable(Type.String()),
  blocked: Type.Boolean(),
  company_id: nullable(Id),
  label_list: Type.Array(Type.String()),
});
export type ContactRecord = Static<typeof ContactRecord>;

/** The attributes that a session claims without proof, when it belongs to another contact. */
export const UnverifiedClaims = named('UnverifiedClaims', {
  identifier: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  phone_number: Type.Optional(Type.String()),
});
export type UnverifiedClaims = Static<typeof UnverifiedClaims>;

/** A session as agents see it (application-api.md section 4.6). */
export const ContactInbox = named('ContactInbox', {
  source_id: Type.String(),
  inbox: ShortInbox,
  hmac_verified: Type.Boolean({ description: 'the session has proven who it is' }),
  unverified_claims: Type.Optional(UnverifiedClaims),
});
export type ContactInbox = Static<typeof ContactInbox>;

/** A contact as agents see it (application-api.md section 4.6). */
export const Contact = named('Contact', {
  id: Id,
  name: Type.String(),
  email: nullable(Type.String()),
  phone_number: nullable(Type.String()),
  identifier: nullable(Type.String()),
  thumbnail: Type.String({ description: 'address of the avatar, or ""' }),
  blocked: Type.Boolean(),
  availability_status: Availability,
  additional_attributes: FreeForm,
  custom_attributes: FreeForm,
  created_at: Type.Optional(UnixSeconds),
  last_activity_at: Type.Optional(UnixSeconds),
  contact_inboxes: Type.Optional(
    Type.Array(ContactInbox, {
      maxItems: MAX_CONTACT_INBOXES,
      description:
        'the newest sessions, oldest first; absent inside a conversation, and where the request asks for it',
    }),
  ),
});
export type Contact = Static<typeof Contact>;

/** A freshly linked inbox in the answer to "create contact"; both null when no inbox was named. */
export const CreatedContactInbox = named('CreatedContactInbox', {
  inbox: nullable(InboxRow),
  source_id: nullable(Type.String()),
});
export type CreatedContactInbox = Static<typeof CreatedContactInbox>;

const personKeys = {
  email: Type.Optional(Email),
  phone_number: Type.Optional(PhoneNumber),
  avatar_url: Type.Optional(PictureAddress),
  custom_attributes: Type.Optional(FreeForm),
};

/** Open, read and change the own session. */
export const clientContacts = endpoints({
  createContact: {
    method: 'POST',
    path: `${inboxPath}/contacts`,
    auth: 'none',
    tag: 'Contacts (client)',
    summary: 'Create a contact session, or open an existing one',
    description:
      'Keep `source_id`: it names the session in every other request. A `source_id` of your own must be hard to ' +
      'guess (a UUID, or at least 22 url-safe characters) unless a proof of identity comes with it. ' +
      'With the `source_id` of an existing session that session is opened and all other fields are ignored.',
    params: inboxParams,
    body: fields({
      source_id: Type.Optional(ShortText),
      name: Type.Optional(Type.String({ maxLength: MAX_NAME, description: 'cut at 255 characters' })),
      ...personKeys,
      ...proofKeys,
    }),
    ignores: ['additional_attributes'],
    returns: ContactSession,
  },
  getContact: {
    method: 'GET',
    path: sessionPath,
    auth: 'session',
    tag: 'Contacts (client)',
    summary: 'Read the own session',
    params: sessionParams,
    query: proof,
    returns: ContactSession,
  },
  updateContact: {
    method: 'PATCH',
    path: sessionPath,
    auth: 'session',
    tag: 'Contacts (client)',
    summary: 'Change the own name, e-mail, phone number, picture or custom attributes',
    description:
      'Blank values never clear a field; `custom_attributes` are merged into what is there. An e-mail or phone ' +
      'number that belongs to somebody else is kept as an unverified claim.',
    params: sessionParams,
    body: fields({ name: Type.Optional(ShortText), ...personKeys, ...proofKeys }),
    ignores: ['additional_attributes'],
    returns: ContactRecord,
  },
});
