/**
 * Proof of identity, an `identifier` with its HMAC: its check, and the binding of a session to the proven contact (decisions.md 8).
 */
import { proof } from '@hoory/contract';
import type { App } from '../app.ts';
import type { SessionCaller, SessionInbox } from '../caller.ts';
import type { Tx } from '../db/db.ts';
import type { ContactInboxRow, ContactRow } from '../db/tables.ts';
import { notFound, unauthorized } from '../errors.ts';
import { inputReader } from '../http/read-input.ts';
import { hmacHex, isSame } from '../secrets.ts';
import { findText } from '../text.ts';
import { mergeContacts } from './merge.ts';
import { findContact, findContactBy, markVerified, updateContactRow } from './store.ts';

export interface Proof {
  identifier: string;
  identifier_hash: string;
}

const readProofFields = inputReader({ query: proof });

/**
 * The proof among the unchecked fields of a request or subscription, which may have other fields too; undefined without a hash.
 * @throws invalid 422 for an identifier or a hash that is not a text
 */
export function readProof(fields: Record<string, unknown>): Proof | undefined {
  const { identifier, identifier_hash } = readProofFields(fields);
  return proofOf({ identifier: findText(identifier), identifier_hash: findText(identifier_hash) });
}

/** The proof in an input that was read by its schema; undefined without a hash. */
export function proofOf({
  identifier = '',
  identifier_hash = '',
}: {
  [Field in keyof Proof]?: string | undefined;
}): Proof | undefined {
  return identifier_hash.trim() ? { identifier, identifier_hash } : undefined;
}

/**
 * Whether the hash is right for the inbox's token, or for its previous token while that is valid. A blank identifier is never
 * proven, nor one with NUL, which PostgreSQL cannot store.
 * @param now milliseconds
 */
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

/** @throws unauthorized 401 when the proof is wrong */
export function requireValidProof(inbox: SessionInbox, proof: Proof, now: number): void {
  if (!isValidProof(inbox, proof, now))
    throw unauthorized('The identifier_hash is wrong for this identifier');
}

/**
 * Verifies the session with this proof. A contact without identifier gets the proven one; if another contact has it, the session's
 * contact is merged into that one, because the proof shows that both are the same person.
 * @throws unauthorized 401 when the hash is wrong, or the contact has another identifier
 */
export async function verifySession(app: App, caller: SessionCaller, proof: Proof): Promise<SessionCaller> {
  const { inbox, session, contact } = caller;
  requireValidProof(inbox, proof, app.now());
  if (session.hmac_verified && contact.identifier === proof.identifier) return caller;
  if (contact.identifier !== null) requireOwnIdentifier(contact, proof);
  return app.db.write(async (tx) => ({ ...caller, ...(await bindSession(app, tx, session, proof)) }));
}

/**
 * Marks the session as verified by a correct proof, and binds it to the contact with the identifier.
 * @throws unauthorized 401 when its contact has another identifier
 */
export async function bindSession(
  app: App,
  tx: Tx,
  { id }: ContactInboxRow,
  proof: Proof,
): Promise<{ session: ContactInboxRow; contact: ContactRow }> {
  // Written before the contact is read: a concurrent proof waits for this row, and then reads the contact that the first one bound.
  const session = await markVerified(app, tx, id);
  const own = session && (await findContact(tx, session.account_id, session.contact_id));
  if (!own) throw notFound();
  if (own.identifier !== null) requireOwnIdentifier(own, proof);
  const contact = await bindIdentifier(app, tx, own, proof.identifier);
  return { session: { ...session, contact_id: contact.id }, contact };
}

function requireOwnIdentifier({ identifier }: ContactRow, proof: Proof): void {
  if (identifier !== proof.identifier) throw unauthorized('This session belongs to another identifier');
}

/** The contact with the identifier after a proof: its previous owner, with this contact merged into it, or this contact. */
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
