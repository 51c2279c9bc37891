/** Proof of identity: `identifier` with its HMAC, what it verifies, and which contact it leads to (decisions.md 8). */
import { proof } from '@hoory/contract';
import type { App } from '../app.ts';
import type { SessionCaller, SessionInbox } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { ContactInboxRow, ContactRow } from '../db/tables.ts';
import { notFound, unauthorized } from '../errors.ts';
import { type Bag, inputReader } from '../http/read-input.ts';
import { hmacHex, isSame } from '../secrets.ts';
import { mergeContacts } from './merge.ts';
import { findContact, findContactBy, updateContactRow } from './store.ts';

export interface Proof {
  identifier: string;
  identifier_hash: string;
}

const readProofFields = inputReader({ query: proof }) as (bag: Bag) => Partial<Proof>;

/**
 * The proof in a bag of values from outside, whatever else stands in it; undefined when no hash was sent.
 * @throws invalid for an identifier or a hash that is no text
 */
export const readProof = (bag: Bag): Proof | undefined => proofOf(readProofFields(bag));

/** The proof in an input that its schema has read; undefined when no hash was sent. */
export function proofOf({ identifier = '', identifier_hash = '' }: Partial<Proof>): Proof | undefined {
  return identifier_hash.trim() ? { identifier, identifier_hash } : undefined;
}

/** Whether the hash is right under one of the inbox's live tokens. A blank identifier is never proof, nor one that cannot be kept. */
export function isValidProof(
  inbox: SessionInbox,
  { identifier, identifier_hash }: Proof,
  now: number,
): boolean {
  if (!identifier.trim() || identifier.includes('\0')) return false;
  const isRight = (token: string) => isSame(hmacHex(token, identifier), identifier_hash);
  const previous = (inbox.previous_hmac_token_until ?? 0) > now ? inbox.previous_hmac_token : null;
  const current = isRight(inbox.hmac_token);
  return previous !== null && isRight(previous) ? true : current;
}

/** @throws unauthorized when the proof is wrong */
export function requireValidProof(inbox: SessionInbox, proof: Proof, now: number): void {
  if (!isValidProof(inbox, proof, now))
    throw unauthorized('The identifier_hash is wrong for this identifier');
}

/**
 * Verifies the session with this proof. The identifier must be the contact's own; a contact without one is bound to it,
 * and where another contact owns it, the session's contact is merged into that one: proof is consent.
 * @throws unauthorized 401 when the hash is wrong or the identifier is not this contact's; nothing is changed
 */
export async function verifySession(app: App, caller: SessionCaller, proof: Proof): Promise<SessionCaller> {
  const { inbox, session, contact } = caller;
  requireValidProof(inbox, proof, app.now());
  if (session.hmac_verified && contact.identifier === proof.identifier) return caller;
  if (contact.identifier !== null) requireOwnIdentifier(contact, proof);
  return app.db.write(async (tx) => ({ ...caller, ...(await bindSession(app, tx, session, proof)) }));
}

/**
 * Marks the session as verified by a proof that is right, and leads it to the contact of the identifier.
 * @throws unauthorized when its contact has another identifier
 */
export async function bindSession(
  app: App,
  tx: Tx,
  { id }: ContactInboxRow,
  proof: Proof,
): Promise<{ session: ContactInboxRow; contact: ContactRow }> {
  // Written first: of two proofs at once, the second waits here and then sees what the first has bound.
  const session: ContactInboxRow | undefined = await tx.get(
    tx.q
      .updateTable('contact_inboxes')
      .set({ hmac_verified: 1, claims: '{}', updated_at: app.now() })
      .where('id', '=', id)
      .returningAll(),
  );
  const own = session && (await findContact(tx, session.account_id, session.contact_id));
  if (!own) throw notFound();
  if (own.identifier !== null) requireOwnIdentifier(own, proof);
  const contact = await bindIdentifier(app, tx, own, proof.identifier);
  return { session: { ...session, contact_id: contact.id }, contact };
}

function requireOwnIdentifier({ identifier }: ContactRow, proof: Proof): void {
  if (identifier !== proof.identifier) throw unauthorized('This session belongs to another identifier');
}

/** The contact that owns the identifier from now on: its owner so far, or this one. */
async function bindIdentifier(
  app: App,
  tx: Tx,
  contact: ContactRow,
  identifier: string,
): Promise<ContactRow> {
  if (contact.identifier === identifier) return contact;
  const owner = await findContactBy(tx, contact.account_id, 'identifier', identifier);
  if (owner) return mergeContacts(app, tx, { base: owner, mergee: contact, whenFull: 'drop' });
  return updateContactRow(app, tx, contact, { identifier });
}
