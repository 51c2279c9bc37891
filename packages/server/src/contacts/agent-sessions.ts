/** Verbs of agents on sessions of contacts (application-api.md section 6.7). */
import type { agentContacts, ContactInbox, Input, Output } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { ContactInboxRow, ContactRow, InboxRow } from '../db/tables.ts';
import { invalid, notFound } from '../errors.ts';
import { getVisibleInbox, visibleInboxIds } from '../inboxes/access.ts';
import { toShortInbox } from '../inboxes/wire.ts';
import { newUuid } from '../secrets.ts';
import { listInboxesById, lockContact } from './agent-store.ts';
import { toTrimmedText } from './rules.ts';
import { findContact, findSession, insertSession } from './store.ts';
import { toContactInbox } from './wire.ts';

type Endpoints = typeof agentContacts;

export interface SessionRequest {
  contact: ContactRow;
  inbox: InboxRow;
  /** Undefined or blank: a new UUID. */
  source_id: string | undefined;
  hmac_verified?: boolean;
}

/**
 * Inserts a session, or returns the one that the contact has with this `source_id`.
 * @throws invalid 422 on `source_id` when it belongs to another contact
 */
export async function findOrCreateSession(
  app: App,
  tx: Tx,
  { contact, inbox, source_id, hmac_verified }: SessionRequest,
): Promise<ContactInboxRow> {
  const givenId = toTrimmedText(source_id);
  const existing = givenId === undefined ? undefined : await findSession(tx, inbox.id, givenId);
  if (existing && existing.contact_id !== contact.id)
    throw invalid('source_id', 'Source has already been taken');
  return (
    existing ??
    insertSession(app, tx, {
      account_id: contact.account_id,
      contact_id: contact.id,
      inbox_id: inbox.id,
      source_id: givenId ?? newUuid(),
      hmac_verified: hmac_verified ? 1 : 0,
    })
  );
}

/**
 * Creates a session of the contact in an inbox.
 * @throws not_found for the contact or inbox, not_authorized 401 for an inbox the caller may not see, invalid
 */
export async function createContactInbox(
  app: App,
  caller: AgentCaller,
  { id, inbox_id, source_id, hmac_verified }: Input<Endpoints['agentCreateContactInbox']>,
): Promise<ContactInbox> {
  return app.db.write(async (tx) => {
    const contact = await lockContact(tx, caller.account.id, id);
    if (!contact || !inbox_id) throw notFound();
    const inbox = await getVisibleInbox(tx, caller, inbox_id);
    const session = await findOrCreateSession(app, tx, { contact, inbox, source_id, hmac_verified });
    return toContactInbox({ session, inbox });
  });
}

/** Newest sessions of a contact that are looked at for an inbox. */
const maxSessions = 1000;

/**
 * The inboxes that the caller may see, each with the contact's newest `source_id` there among its last `maxSessions`, or an unused
 * one.
 * @throws not_found
 */
export async function listContactableInboxes(
  app: App,
  caller: AgentCaller,
  { id }: Input<Endpoints['agentListContactableInboxes']>,
): Promise<Output<Endpoints['agentListContactableInboxes']>> {
  const contact = await findContact(app.db, caller.account.id, id);
  if (!contact) throw notFound();
  const inboxes = await listInboxesById(app, caller.account.id, await visibleInboxIds(app, caller));
  const sessions = await app.db.all(
    app.db.q
      .selectFrom('contact_inboxes')
      .select(['inbox_id', 'source_id'])
      .where('contact_id', '=', id)
      .orderBy('id', 'desc')
      .limit(maxSessions),
  );
  const newest = new Map(sessions.reverse().map(({ inbox_id, source_id }) => [inbox_id, source_id]));
  return {
    payload: inboxes.map((inbox) => ({
      inbox: toShortInbox(inbox),
      source_id: newest.get(inbox.id) ?? newUuid(),
    })),
  };
}
