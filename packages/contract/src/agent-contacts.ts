/**
 * Endpoints of agents for contacts: lists, search, filter, labels, attributes, sessions, merge, erasure (application-api.md
 * section 6.7). `contacts.ts` has the objects. Erasing a contact also rewrites its events and deliveries, where upstream leaves
 * them (section 10).
 */
import Type from 'typebox';
import { FREE_FORM, MAX_LIST, MAX_QUERY } from './bounds.ts';
import { Contact, ContactInbox, CreatedContactInbox } from './contacts.ts';
import { endpoints } from './endpoint.ts';
import { CurrentPage, FilterCondition } from './filters.ts';
import { ShortInbox } from './inboxes.ts';
import { accountParams, accountPath, paging, pagingMeta, recordParams } from './paths.ts';
import {
  Email,
  FreeForm,
  fields,
  filledText,
  Id,
  LabelTitles,
  named,
  nullable,
  object,
  PhoneNumber,
  PictureAddress,
  ShortText,
} from './schema.ts';

const ContactList = named('ContactList', {
  meta: named('ContactListMeta', { count: Type.Integer(), current_page: CurrentPage, ...pagingMeta }),
  payload: Type.Array(Contact),
});

const ContactLabels = named('ContactLabels', { payload: Type.Array(Type.String()) });

const sort = Type.Optional(
  Type.String({
    maxLength: 255,
    description:
      '`name`, `email`, `phone_number`, `last_activity_at`, `created_at`, `company_name`, `city` or `country`; ' +
      'a leading `-` turns the order round; unknown words are ignored',
  }),
);

const listKeys = { ...paging, sort, include_contact_inboxes: Type.Optional(Type.Boolean()) };

const contactInput = {
  name: Type.Optional(nullable(ShortText)),
  email: Type.Optional(nullable(Email)),
  phone_number: Type.Optional(nullable(PhoneNumber)),
  identifier: Type.Optional(nullable(ShortText)),
  blocked: Type.Optional(Type.Boolean()),
  avatar_url: Type.Optional(PictureAddress),
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
    query: fields({ ...listKeys, labels: Type.Optional(LabelTitles) }),
    returns: ContactList,
  },
  agentSearchContacts: {
    method: 'GET',
    path: `${accountPath}/contacts/search`,
    auth: 'agent',
    throttle: { name: 'contact_search', most: 100, seconds: 60, per: 'account' },
    tag: 'Contacts',
    summary: 'Find contacts by name, e-mail, phone number or identifier',
    params: accountParams,
    query: fields({ ...listKeys, q: filledText(MAX_QUERY) }),
    returns: object({
      meta: object({
        count: Type.Integer({ description: 'size of this page' }),
        current_page: CurrentPage,
        has_more: Type.Boolean(),
        ...pagingMeta,
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
    body: fields({ payload: Type.Optional(Type.Array(FilterCondition, { maxItems: MAX_LIST })) }),
    returns: ContactList,
  },
  agentListActiveContacts: {
    method: 'GET',
    path: `${accountPath}/contacts/active`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the contacts who are online now, 15 a page',
    params: accountParams,
    query: fields(listKeys),
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
  agentDeleteContactAvatar: {
    method: 'DELETE',
    path: `${accountPath}/contacts/{id}/avatar`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Remove the picture of a contact',
    params: recordParams,
    returns: object({ payload: Contact }),
  },
  agentDeleteContactAttributes: {
    method: 'POST',
    path: `${accountPath}/contacts/{id}/destroy_custom_attributes`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Remove custom attributes from a contact',
    params: recordParams,
    body: fields({
      custom_attributes: Type.Optional(
        Type.Array(Type.String({ maxLength: FREE_FORM.maxBytes }), { maxItems: MAX_LIST }),
      ),
    }),
    returns: object({ payload: Contact }),
  },
  agentListContactLabels: {
    method: 'GET',
    path: `${accountPath}/contacts/{id}/labels`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'List the labels of a contact',
    params: recordParams,
    returns: ContactLabels,
  },
  agentSetContactLabels: {
    method: 'POST',
    path: `${accountPath}/contacts/{id}/labels`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Replace the labels of a contact',
    description: 'The labels need not exist in the account.',
    params: recordParams,
    body: fields({ labels: Type.Optional(LabelTitles) }),
    returns: ContactLabels,
  },
  agentFindContactBySession: {
    method: 'POST',
    path: `${accountPath}/contact_inboxes/filter`,
    auth: 'agent',
    tag: 'Contacts',
    summary: 'Find the contact of a session by inbox and `source_id`',
    params: accountParams,
    body: fields({ inbox_id: Id, source_id: ShortText }),
    returns: Contact,
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
      inbox_id: Id,
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
    body: fields({ base_contact_id: Id, mergee_contact_id: Id }),
    returns: Contact,
  },
});

/** Served where conversations are, which go with their contact. */
export const agentContactErasure = endpoints({
  agentDeleteContact: {
    method: 'DELETE',
    path: `${accountPath}/contacts/{id}`,
    auth: 'administrator',
    tag: 'Contacts',
    summary: 'Erase a contact with everything of theirs',
    description:
      'Sessions, conversations, notes and files go; the event log and the ledger of webhooks keep ids only. Not while the ' +
      'contact is online.',
    params: recordParams,
    returns: null,
  },
});
