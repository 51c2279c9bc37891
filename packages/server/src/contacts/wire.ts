/** Wire shapes of contacts and their sessions, for each audience. */
import {
  type Contact,
  type ContactInbox,
  type ContactRecord,
  type ContactSession,
  type EventContact,
  FREE_FORM,
  MAX_NESTED_ATTRIBUTES,
} from '@hoory/contract';
import type { ContactInboxRow, ContactRow, InboxRow } from '../db/tables.ts';
import { readFreeForm } from '../free-form.ts';
import { toShortInbox } from '../inboxes/wire.ts';
import { toIso, toIsoOrNull, toUnix } from '../time.ts';

/** Unproven values of a session that belong to another contact, stored as JSON in `contact_inboxes.claims` (decisions.md 8). */
export interface Claims {
  identifier?: string;
  email?: string;
  phone_number?: string;
}

export const claimsOf = ({ claims }: Pick<ContactInboxRow, 'claims'>): Claims => readFreeForm(claims);

/** The session as its owner sees it. Claims are shown as the owner's values, so that they do not reveal another contact. */
export function toContactSession(session: ContactInboxRow, contact: ContactRow): ContactSession {
  const claims = claimsOf(session);
  return {
    source_id: session.source_id,
    pubsub_token: session.pubsub_token,
    id: contact.id,
    name: contact.name,
    email: claims.email ?? contact.email,
    phone_number: claims.phone_number ?? contact.phone_number,
  };
}

/**
 * UTF-8 bytes of each attribute object. Smaller for a contact within another object or a list: every message would otherwise store
 * and send all attributes of its contact.
 */
interface AttributeLimit {
  maxBytes?: number;
}

/** The limit in answers and events about one contact. */
export const fullAttributes: Required<AttributeLimit> = { maxBytes: FREE_FORM.maxBytes };

/**
 * The limit in an event about one contact: full attributes only if they changed, because each message changes `last_activity_at`.
 */
export const attributeLimitAfter = (changes: object | undefined): AttributeLimit =>
  changes === undefined || 'additional_attributes' in changes || 'custom_attributes' in changes
    ? fullAttributes
    : {};

/** The contact as the client API embeds it (client-api.md section 2.2). */
export function toContactRecord(
  row: ContactRow,
  { maxBytes = MAX_NESTED_ATTRIBUTES }: AttributeLimit = {},
): ContactRecord {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone_number: row.phone_number,
    account_id: row.account_id,
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
    additional_attributes: readFreeForm(row.additional_attributes, maxBytes),
    identifier: row.identifier,
    custom_attributes: readFreeForm(row.custom_attributes, maxBytes),
    last_activity_at: toIsoOrNull(row.last_activity_at),
    contact_type: row.contact_type,
    middle_name: row.middle_name,
    last_name: row.last_name,
    location: row.location,
    country_code: row.country_code,
    blocked: row.blocked === 1,
    company_id: null,
    label_list: [],
  };
}

/** Columns of a contact that messages and conversations show. */
export const nestedContactColumns = [
  'id',
  'name',
  'email',
  'phone_number',
  'identifier',
  'avatar_url',
  'blocked',
  'additional_attributes',
  'custom_attributes',
  'created_at',
  'last_activity_at',
] as const satisfies readonly (keyof ContactRow)[];
export type NestedContactRow = Pick<ContactRow, (typeof nestedContactColumns)[number]>;

/** The contact as sender of messages and on the cable (client-api.md section 2.6, cable.md section C.2). */
export function toEventContact(
  row: NestedContactRow,
  { maxBytes = MAX_NESTED_ATTRIBUTES }: AttributeLimit = {},
): EventContact {
  return {
    additional_attributes: readFreeForm(row.additional_attributes, maxBytes),
    custom_attributes: readFreeForm(row.custom_attributes, maxBytes),
    email: row.email,
    id: row.id,
    identifier: row.identifier,
    name: row.name,
    phone_number: row.phone_number,
    thumbnail: row.avatar_url ?? '',
    blocked: row.blocked === 1,
    type: 'contact',
  };
}

/** A session with its inbox. */
export interface SessionWithInbox {
  session: Pick<ContactInboxRow, 'source_id' | 'claims' | 'hmac_verified'>;
  inbox: Pick<InboxRow, 'id' | 'name' | 'avatar_url'>;
}

export interface ContactExtras extends AttributeLimit {
  /** Undefined: without `contact_inboxes`, as in a conversation. */
  sessions?: readonly SessionWithInbox[] | undefined;
  /** Undefined: `offline`. */
  availability_status?: Contact['availability_status'] | undefined;
}

/** A contact as agents see it (application-api.md section 4.6). */
export function toContact(
  row: NestedContactRow,
  { sessions, availability_status, maxBytes = MAX_NESTED_ATTRIBUTES }: ContactExtras = {},
): Contact {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone_number: row.phone_number,
    identifier: row.identifier,
    thumbnail: row.avatar_url ?? '',
    blocked: row.blocked === 1,
    availability_status: availability_status ?? 'offline',
    additional_attributes: readFreeForm(row.additional_attributes, maxBytes),
    custom_attributes: readFreeForm(row.custom_attributes, maxBytes),
    created_at: toUnix(row.created_at),
    ...(row.last_activity_at !== null && { last_activity_at: toUnix(row.last_activity_at) }),
    ...(sessions && { contact_inboxes: sessions.map(toContactInbox) }),
  };
}

/** A session as agents see it, with its unproven claims. */
export function toContactInbox({ session, inbox }: SessionWithInbox): ContactInbox {
  const unverified_claims = claimsOf(session);
  return {
    source_id: session.source_id,
    inbox: toShortInbox(inbox),
    hmac_verified: session.hmac_verified === 1,
    ...(Object.keys(unverified_claims).length > 0 && { unverified_claims }),
  };
}
