/**
 * Erases a contact (decisions.md 8): the person, their sessions, conversations, notes and files, and what the event
 * log and kept answers hold of them. Younger nouns hear `contact_deleted` first and rewrite what is theirs.
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
import { removeConversation } from './delete.ts';

export const contactErasureRoutes: Routes<typeof agentContactErasure> = { agentDeleteContact: eraseContact };

/** @throws not_found, invalid while the contact has a live socket */
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

interface Belongings {
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

/** Every event of a conversation names its session's `source_id`, every event of a contact its id. */
async function eraseFromLog(tx: Tx, { contact, sessions, conversations }: Belongings): Promise<void> {
  const { id, account_id } = contact;
  const numbers = new Set(conversations.map(({ display_id }) => display_id));
  const inboxes = new Set([...sessions, ...conversations].map(({ inbox_id }) => inbox_id));
  // Also of those who have left.
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
      const told = data as Told;
      const about = told.notification?.primary_actor ?? told;
      const isHere = (told.notification?.account_id ?? told.account_id) === account_id;
      return isHere && (about.contact_inbox?.contact_id === id || numbers.has(about.conversation_id ?? 0));
    },
    event: 'contact.deleted',
    data: { id, account_id },
  });
  await emptyStreams(
    tx,
    sessions.map((session) => streamOf.session(session.id)),
  );
}

interface AboutConversation {
  contact_inbox?: { contact_id: number };
  conversation_id?: number;
}

interface Told extends AboutConversation {
  account_id?: number;
  notification?: { account_id?: number; primary_actor?: AboutConversation };
}

/** Deletes responses stored for the contact's own idempotency keys. */
async function deleteResponsesOf(tx: Tx, sessions: readonly ContactInboxRow[]): Promise<void> {
  const callers = sessions.map((session) => `session:${session.id}`);
  await deleteStoredResponses(tx, callers);
}
