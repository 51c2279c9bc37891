/**
 * Erases a contact (decisions.md 8): its row, sessions, conversations, notes and files, and what the event log and stored
 * responses hold of it. Listeners of `contact_deleted` erase their own rows first.
 */
import type { agentContactErasure } from '@hoory/contract';
import type { App } from '../app.ts';
import type { AgentCaller } from '../caller.ts';
import { lockContact } from '../contacts/agent-store.ts';
import { emitContact } from '../contacts/events.ts';
import { contactAvailability } from '../contacts/presence.ts';
import { pictureOwner } from '../contacts/rules.ts';
import { deleteContactRow } from '../contacts/store.ts';
import type { Tx } from '../db/db.ts';
import type { ContactInboxRow, ContactRow, ConversationRow } from '../db/tables.ts';
import { notFound, Refusal } from '../errors.ts';
import { emitAccessChanges } from '../events/access.ts';
import { streamOf } from '../events/emit.ts';
import { emptyStreams, rewriteEntries } from '../events/rewrite.ts';
import { deletePicture } from '../files/blobs.ts';
import { deleteStoredResponses } from '../http/idempotency.ts';
import type { Routes } from '../http/routes.ts';
import { isObject } from '../json-text.ts';
import { removeConversation } from './delete.ts';

export const contactErasureRoutes: Routes<typeof agentContactErasure> = { agentDeleteContact: eraseContact };

/** @throws not_found without the contact, invalid while one of its sessions has a socket */
export async function eraseContact(
  app: App,
  { account }: AgentCaller,
  { id }: { id: number },
): Promise<undefined> {
  const availability = await contactAvailability(app, { account_id: account.id, id });
  await app.db.write(async (tx) => {
    const contact = await lockContact(tx, account.id, id);
    if (!contact) throw notFound();
    if (availability === 'online')
      throw new Refusal('invalid', 'The contact is online; try again when they are gone', { attributes: [] });
    await erase(app, tx, contact);
  });
}

/** The rows of a contact that name it in the event log. */
interface ErasedRows {
  contact: ContactRow;
  sessions: ContactInboxRow[];
  conversations: ConversationRow[];
}

async function erase(app: App, tx: Tx, contact: ContactRow): Promise<void> {
  const { id, account_id } = contact;
  const { q } = tx;
  const sessions: ContactInboxRow[] = await tx.all(
    q.selectFrom('contact_inboxes').selectAll().where('contact_id', '=', id).orderBy('id'),
  );
  const conversations: ConversationRow[] = await tx.all(
    q.selectFrom('conversations').selectAll().where('contact_id', '=', id).orderBy('id'),
  );
  await app.listeners.notify(tx, [{ event: 'contact_deleted', account_id, detail: { contact_id: id } }]);
  for (const conversation of conversations) await removeConversation(app, tx, conversation.id);
  await eraseFromLog(tx, { contact, sessions, conversations });
  await deleteResponsesOf(tx, sessions);
  await deletePicture(app, tx, pictureOwner(id));
  await deleteContactRow(tx, id);
  await emitContact(app, tx, { event: 'contact.deleted', contact });
  emitAccessChanges(
    tx,
    sessions.map((session) => ({ session_id: session.id })),
  );
}

/** Rewrites the contact's events: those of its conversations name the session's `source_id`, those of the contact its id. */
async function eraseFromLog(tx: Tx, { contact, sessions, conversations }: ErasedRows): Promise<void> {
  const { id, account_id } = contact;
  const displayIds = new Set<unknown>(conversations.map(({ display_id }) => display_id));
  const inboxes = new Set([...sessions, ...conversations].map(({ inbox_id }) => inbox_id));
  // By name, since users who have left the account have streams as well.
  const members = await tx.all(
    tx.q
      .selectFrom('streams')
      .select('name')
      .where('name', 'like', streamOf.member(account_id, 0).replace(/0$/, '%')),
  );
  await rewriteEntries(tx, {
    streams: [
      streamOf.account(account_id),
      ...[...inboxes].map(streamOf.inbox),
      ...members.map(({ name }) => name),
    ],
    texts: [`"id":${id},`, ...sessions.map(({ source_id }) => JSON.stringify(source_id))],
    isMeant: (event, data) => {
      if (event.startsWith('contact.')) return data.id === id && data.account_id === account_id;
      const { conversation_id, contact_inbox, account_id: eventAccount } = subjectOf(data);
      const isOfContact = isObject(contact_inbox) && contact_inbox.contact_id === id;
      return eventAccount === account_id && (isOfContact || displayIds.has(conversation_id));
    },
    event: 'contact.deleted',
    data: { id, account_id },
  });
  await emptyStreams(
    tx,
    sessions.map((session) => streamOf.session(session.id)),
  );
}

/** The conversation or message that an event is about: its payload, or the primary actor of a notification. */
function subjectOf(data: Record<string, unknown>): Record<string, unknown> {
  const { notification } = data;
  if (!isObject(notification)) return data;
  const { primary_actor, account_id = data.account_id } = notification;
  return { ...(isObject(primary_actor) ? primary_actor : data), account_id };
}

/** Deletes responses stored for the contact's own idempotency keys. */
async function deleteResponsesOf(tx: Tx, sessions: readonly ContactInboxRow[]): Promise<void> {
  const callers = sessions.map((session) => `session:${session.id}`);
  await deleteStoredResponses(tx, callers);
}
