/** Contacts and their sessions (`contact_inboxes` on the wire: one person in one inbox). */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { InboxRow, ShortInbox } from './inboxes.ts';
import {
  accountParams,
  accountPath,
  inboxParams,
  inboxPath,
  page,
  proof,
  proofKeys,
  recordParams,
  sessionParams,
  sessionPath,
} from './paths.ts';
import {
  Email,
  FreeForm,
  fields,
  Id,
  IsoTime,
  named,
  nullable,
  object,
  PhoneNumber,
  Scalar,
  ShortText,
  UnixSeconds,
  WebAddress,
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

/** What a session says about itself without proof, when it belongs to another contact. */
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
      description: 'absent inside a conversation, and where the request asks for it',
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
  avatar_url: Type.Optional(WebAddress),
  custom_attributes: Type.Optional(FreeForm),
};

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
      name: Type.Optional(Type.String({ description: 'cut at 255 characters' })),
      ...personKeys,
      ...proofKeys,
    }),
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
    returns: ContactRecord,
  },
});

/** One condition of a filter on contacts or conversations (application-api.md section 6.7). */
export const FilterCondition = fields(
  {
    attribute_key: Type.String(),
    filter_operator: words(
      'equal_to',
      'not_equal_to',
      'contains',
      'does_not_contain',
      'starts_with',
      'is_present',
      'is_not_present',
      'is_greater_than',
      'is_less_than',
      'days_before',
    ),
    values: Type.Optional(Type.Array(Scalar, { description: 'any of them' })),
    query_operator: Type.Optional(
      nullable(
        Type.Unsafe<'AND' | 'OR' | 'and' | 'or' | 'nil'>({
          type: 'string',
          enum: ['AND', 'OR', 'and', 'or', 'nil'],
          description: 'joins this condition to the next; `nil` is read as null',
        }),
      ),
    ),
    custom_attribute_type: Type.Optional(nullable(Type.String())),
  },
  'FilterCondition',
);
export type FilterCondition = Static<typeof FilterCondition>;

/** The number of the page as it was asked for; a number when it was not. */
export const CurrentPage = Type.Unsafe<string | number>({ type: ['string', 'integer'] });

const ContactList = object({
  meta: object({ count: Type.Integer(), current_page: CurrentPage }),
  payload: Type.Array(Contact),
});

const sort = Type.Optional(
  Type.String({
    description:
      '`name`, `email`, `phone_number`, `last_activity_at`, `created_at`, `company_name`, `city` or `country`; ' +
      'a leading `-` turns the order round; unknown words are ignored',
  }),
);

const listKeys = { page, sort, include_contact_inboxes: Type.Optional(Type.Boolean()) };

const contactInput = {
  name: Type.Optional(nullable(ShortText)),
  email: Type.Optional(nullable(Email)),
  phone_number: Type.Optional(nullable(PhoneNumber)),
  identifier: Type.Optional(nullable(ShortText)),
  blocked: Type.Optional(Type.Boolean()),
  avatar_url: Type.Optional(WebAddress),
  additional_attributes: Type.Optional(FreeForm),
  custom_attributes: Type.Optional(FreeForm),
};

export const agentContacts = endpoints({
  agentListContacts: {
    method: 'GET',
    path: `${accountPath}/contacts`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the contacts with an e-mail, phone number or identifier, 15 a page',
    params: accountParams,
    query: fields({ ...listKeys, labels: Type.Optional(Type.Array(Type.String())) }),
    returns: ContactList,
  },
  agentSearchContacts: {
    method: 'GET',
    path: `${accountPath}/contacts/search`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Find contacts by name, e-mail, phone number or identifier',
    params: accountParams,
    query: fields({ ...listKeys, q: Type.Optional(Type.String()) }),
    returns: object({
      meta: object({
        count: Type.Integer({ description: 'size of this page' }),
        current_page: CurrentPage,
        has_more: Type.Boolean(),
      }),
      payload: Type.Array(Contact),
    }),
  },
  agentFilterContacts: {
    method: 'POST',
    path: `${accountPath}/contacts/filter`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the contacts that meet conditions',
    params: accountParams,
    query: fields(listKeys),
    body: fields({ payload: Type.Optional(Type.Array(FilterCondition)) }),
    returns: ContactList,
  },
  agentCreateContact: {
    method: 'POST',
    path: `${accountPath}/contacts`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Create a contact, and a session of it when an inbox is named',
    params: accountParams,
    body: fields({
      ...contactInput,
      inbox_id: Type.Optional(Id),
      source_id: Type.Optional(ShortText),
    }),
    files: { avatar: 1 },
    returns: object({ payload: object({ contact: Contact, contact_inbox: CreatedContactInbox }) }),
  },
  agentGetContact: {
    method: 'GET',
    path: `${accountPath}/contacts/{id}`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Read a contact',
    params: recordParams,
    query: fields({ include_contact_inboxes: Type.Optional(Type.Boolean()) }),
    returns: object({ payload: Contact }),
  },
  agentUpdateContact: {
    method: 'PATCH',
    path: `${accountPath}/contacts/{id}`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Change a contact; attributes are merged into what is there',
    params: recordParams,
    query: fields({ include_contact_inboxes: Type.Optional(Type.Boolean()) }),
    body: fields(contactInput),
    files: { avatar: 1 },
    returns: object({ payload: Contact }),
  },
  agentCreateContactInbox: {
    method: 'POST',
    path: `${accountPath}/contacts/{id}/contact_inboxes`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Open a session of the contact in an inbox',
    description: 'The same contact, inbox and `source_id` again return the session that exists.',
    params: recordParams,
    body: fields({
      inbox_id: Type.Optional(Id),
      source_id: Type.Optional(ShortText),
      hmac_verified: Type.Optional(Type.Boolean()),
    }),
    returns: ContactInbox,
  },
  agentListContactableInboxes: {
    method: 'GET',
    path: `${accountPath}/contacts/{id}/contactable_inboxes`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the inboxes through which the contact can be written to',
    params: recordParams,
    returns: object({ payload: Type.Array(object({ inbox: ShortInbox, source_id: Type.String() })) }),
  },
  agentMergeContacts: {
    method: 'POST',
    path: `${accountPath}/actions/contact_merge`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Merge a contact into another',
    description:
      'Conversations, messages, sessions and notes move to the base, whose values win; the other is deleted.',
    params: accountParams,
    body: fields({ base_contact_id: Type.Optional(Id), mergee_contact_id: Type.Optional(Id) }),
    returns: Contact,
  },
});
