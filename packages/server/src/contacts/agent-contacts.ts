/**
 * Verbs of agents on contacts: create, show, update, merge (application-api.md section 6.7), and the routes of this room for
 * agents.
 */
import type { agentContacts, Contact, Input, Output } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { checkCustomAttributes } from '../custom-attributes/check.ts';
import type { Sql, Tx } from '../db/db.ts';
import type { ContactRow } from '../db/tables.ts';
import { notFound } from '../errors.ts';
import { emitAccessChanges } from '../events/access.ts';
import { deletePicture, readPicture, type StorableFile, storePicture } from '../files/blobs.ts';
import { readBase, toFreeForm } from '../free-form.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { getVisibleInbox } from '../inboxes/access.ts';
import { toStoredInbox } from '../inboxes/wire.ts';
import { requireUniqueValuesFree, toContactColumns } from './agent-input.ts';
import { filterContacts, listActiveContacts, listContacts, searchContacts } from './agent-list.ts';
import { createContactInbox, findOrCreateSession, listContactableInboxes } from './agent-sessions.ts';
import { listSessionIds, listSessionsByContact, lockContact } from './agent-store.ts';
import { requestAvatar } from './avatars.ts';
import { emitContact } from './events.ts';
import { listContactLabels, setContactLabels } from './labels.ts';
import { mergeContacts } from './merge.ts';
import { contactAvailability } from './presence.ts';
import { pictureOwner } from './rules.ts';
import { findContact, findSession, insertContact, updateContactRow } from './store.ts';
import { fullAttributes, toContact } from './wire.ts';

type Endpoints = typeof agentContacts;

export const agentContactRoutes: Routes<Endpoints> = {
  agentListContacts: listContacts,
  agentSearchContacts: searchContacts,
  agentFilterContacts: filterContacts,
  agentCreateContact: createContact,
  agentGetContact: showContact,
  agentUpdateContact: updateContact,
  agentCreateContactInbox: createContactInbox,
  agentListContactableInboxes: listContactableInboxes,
  agentMergeContacts: mergeContactsById,
  agentListActiveContacts: listActiveContacts,
  agentDeleteContactAvatar: deleteAvatar,
  agentDeleteContactAttributes: deleteAttributes,
  agentListContactLabels: listContactLabels,
  agentSetContactLabels: setContactLabels,
  agentFindContactBySession: findBySession,
};

/**
 * Creates a contact, and a session of it when the input names an inbox.
 * @throws invalid 422 by field for an e-mail, phone number or identifier that another contact has, and for custom attributes;
 * not_found and not_authorized for the inbox
 */
async function createContact(
  app: App,
  caller: AgentCaller,
  input: Input<Endpoints['agentCreateContact']>,
  { uploads }: RequestContext,
): Promise<Output<Endpoints['agentCreateContact']>> {
  const account_id = caller.account.id;
  const picture = await readPicture(app, uploads);
  return app.db.write(async (tx) => {
    const inbox = input.inbox_id ? await getVisibleInbox(tx, caller, input.inbox_id) : undefined;
    await checkCustomAttributes(tx, {
      account_id,
      attribute_model: 'contact_attribute',
      given: input.custom_attributes,
    });
    const columns = toContactColumns(input);
    await requireUniqueValuesFree(tx, account_id, columns);
    const inserted = await insertContact(app, tx, { name: '', ...columns, account_id });
    const row = await updateContactRow(app, tx, inserted, await pictureColumns(app, tx, inserted, picture));
    if (!picture) await requestAvatar(tx, { contact: row, avatar_url: input.avatar_url, replaces: true });
    const session =
      inbox && (await findOrCreateSession(app, tx, { contact: row, inbox, source_id: input.source_id }));
    await emitContact(app, tx, { event: 'contact.created', contact: row });
    const contact = await toContactWithSessions(tx, row, {});
    return {
      payload: {
        contact,
        contact_inbox: {
          inbox: inbox ? toStoredInbox(inbox) : null,
          source_id: session?.source_id ?? null,
        },
      },
    };
  });
}

/** The contact with its sessions and whether it is online. @throws not_found */
async function showContact(
  app: App,
  { account }: AgentCaller,
  input: Input<Endpoints['agentGetContact']>,
): Promise<{ payload: Contact }> {
  const row = await findContact(app.db, account.id, input.id);
  if (!row) throw notFound();
  const availability_status = await contactAvailability(app, row);
  return { payload: await toContactWithSessions(app.db, row, { ...input, availability_status }) };
}

/**
 * Changes the fields that the input names; a blank text clears a field. Other changes of the contact wait until this one commits.
 * @throws not_found, invalid as for `createContact`
 */
async function updateContact(
  app: App,
  { account }: AgentCaller,
  input: Input<Endpoints['agentUpdateContact']>,
  { uploads }: RequestContext,
): Promise<{ payload: Contact }> {
  const availability_status = await contactAvailability(app, { account_id: account.id, id: input.id });
  const picture = await readPicture(app, uploads);
  return app.db.write(async (tx) => {
    const before = await lockContact(tx, account.id, input.id);
    if (!before) throw notFound();
    await checkCustomAttributes(tx, {
      account_id: account.id,
      attribute_model: 'contact_attribute',
      given: input.custom_attributes,
      stored: before.custom_attributes,
    });
    const columns = toContactColumns(input, before);
    await requireUniqueValuesFree(tx, account.id, { ...columns, id: before.id });
    const row = await updateContactRow(app, tx, before, {
      ...columns,
      ...(await pictureColumns(app, tx, before, picture)),
    });
    if (!picture) await requestAvatar(tx, { contact: row, avatar_url: input.avatar_url, replaces: true });
    await emitContact(app, tx, { event: 'contact.updated', contact: row, before });
    await emitEndOfProofs(tx, before, row);
    return { payload: await toContactWithSessions(tx, row, { ...input, availability_status }) };
  });
}

/** Proofs of the identifier before are not valid for another one: sockets that subscribed with them authenticate again. */
async function emitEndOfProofs(tx: Tx, before: ContactRow, { id, identifier }: ContactRow): Promise<void> {
  // A contact that has no identifier any more takes the proven one.
  if (before.identifier === null || identifier === null || identifier === before.identifier) return;
  const sessions = await listSessionIds(tx, id);
  emitAccessChanges(
    tx,
    sessions.map((session) => ({ session_id: session.id })),
  );
}

/** Stores the uploaded picture as the contact's; without one, there are no columns to change. */
async function pictureColumns(
  app: App,
  tx: Tx,
  { id, account_id }: ContactRow,
  picture: StorableFile | undefined,
): Promise<Partial<ContactRow>> {
  if (!picture) return {};
  return { avatar_url: await storePicture(app, tx, { account_id, owner: pictureOwner(id) }, picture) };
}

/** Deletes the stored picture, if there is one, and the address of the avatar. @throws not_found */
async function deleteAvatar(
  app: App,
  { account }: AgentCaller,
  { id }: Input<Endpoints['agentDeleteContactAvatar']>,
): Promise<{ payload: Contact }> {
  const availability_status = await contactAvailability(app, { account_id: account.id, id });
  return app.db.write(async (tx) => {
    const before = await lockContact(tx, account.id, id);
    if (!before) throw notFound();
    await deletePicture(app, tx, pictureOwner(id));
    const row = await updateContactRow(app, tx, before, { avatar_url: null });
    await emitContact(app, tx, { event: 'contact.updated', contact: row, before });
    return { payload: toContact(row, { ...fullAttributes, availability_status }) };
  });
}

/** Removes custom attributes by their keys. @throws not_found */
async function deleteAttributes(
  app: App,
  { account }: AgentCaller,
  { id, custom_attributes: keys = [] }: Input<Endpoints['agentDeleteContactAttributes']>,
): Promise<{ payload: Contact }> {
  const availability_status = await contactAvailability(app, { account_id: account.id, id });
  return app.db.write(async (tx) => {
    const before = await lockContact(tx, account.id, id);
    if (!before) throw notFound();
    const kept = Object.entries(readBase(before.custom_attributes)).filter(([key]) => !keys.includes(key));
    const columns = { custom_attributes: toFreeForm('custom_attributes', Object.fromEntries(kept)) };
    const row = await updateContactRow(app, tx, before, columns);
    await emitContact(app, tx, { event: 'contact.updated', contact: row, before });
    return { payload: await toContactWithSessions(tx, row, { availability_status }) };
  });
}

/** The contact of the session with this `source_id` in the inbox. @throws not_found when the inbox has no such session */
async function findBySession(
  app: App,
  { account }: AgentCaller,
  { inbox_id = 0, source_id = '' }: Input<Endpoints['agentFindContactBySession']>,
): Promise<Contact> {
  const session = await findSession(app.db, inbox_id, source_id);
  const row = session && (await findContact(app.db, account.id, session.contact_id));
  if (!row) throw notFound();
  const availability_status = await contactAvailability(app, row);
  return toContactWithSessions(app.db, row, { availability_status });
}

/**
 * Merges `mergee_contact_id` into `base_contact_id`.
 * @throws not_found, invalid 422 for attributes of both that exceed the bounds together
 */
async function mergeContactsById(
  app: App,
  { account }: AgentCaller,
  { base_contact_id = 0, mergee_contact_id = 0 }: Input<Endpoints['agentMergeContacts']>,
): Promise<Contact> {
  const availability_status = await contactAvailability(app, { account_id: account.id, id: base_contact_id });
  return app.db.write(async (tx) => {
    // Locked in the order of their ids, so that two merges of the same pair cannot deadlock.
    const rows: (ContactRow | undefined)[] = [];
    for (const id of [base_contact_id, mergee_contact_id].sort((a, b) => a - b))
      rows.push(await lockContact(tx, account.id, id));
    const base = rows.find((row) => row?.id === base_contact_id);
    const mergee = rows.find((row) => row?.id === mergee_contact_id);
    if (!base || !mergee) throw notFound();
    return toContact(await mergeContacts(app, tx, { base, mergee, whenFull: 'refuse' }), {
      ...fullAttributes,
      availability_status,
    });
  });
}

interface ContactView {
  include_contact_inboxes?: boolean;
  availability_status?: Contact['availability_status'];
}

async function toContactWithSessions(
  db: Sql,
  row: ContactRow,
  { include_contact_inboxes, availability_status }: ContactView,
): Promise<Contact> {
  if (include_contact_inboxes === false) return toContact(row, { ...fullAttributes, availability_status });
  const sessions = (await listSessionsByContact(db, [row.id])).get(row.id) ?? [];
  return toContact(row, { ...fullAttributes, availability_status, sessions });
}
