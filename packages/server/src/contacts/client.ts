/** Verbs of customers on their own contact: open a session, read it, change it (client-api.md 5.2 to 5.4). */
import {
  type ContactRecord,
  type ContactSession,
  type clientContacts,
  cut,
  type Input,
} from '@hoory/contract';
import type { App } from '../app.ts';
import type { SessionCaller } from '../caller.ts';
import { checkCustomAttributes } from '../custom-attributes/check.ts';
import type { Scope, Tx } from '../db/db.ts';
import type { ContactInboxRow, ContactRow, InboxRow } from '../db/tables.ts';
import { invalid, notFound, unauthorized } from '../errors.ts';
import { readBase, toFreeForm } from '../free-form.ts';
import type { Routes } from '../http/routes.ts';
import { isHardToGuess, newUuid } from '../secrets.ts';
import { requestAvatar } from './avatars.ts';
import { emitContact } from './events.ts';
import { mergeContacts } from './merge.ts';
import { bindSession, type Proof, proofOf, requireValidProof } from './proof.ts';
import { deepMerge, generatedName, toContactEmail, toTrimmedText } from './rules.ts';
import {
  type ContactKey,
  findContactBy,
  findSession,
  insertContact,
  insertSession,
  updateClaims,
  updateContactRow,
} from './store.ts';
import { type Claims, claimsOf, fullAttributes, toContactRecord, toContactSession } from './wire.ts';

type CreateInput = Input<(typeof clientContacts)['createContact']>;
type UpdateInput = Input<(typeof clientContacts)['updateContact']>;

export const clientContactRoutes: Routes<typeof clientContacts> = {
  createContact: (app, _caller, input) => createContact(app, input),
  getContact: async (_app, { session, contact }) => toContactSession(session, contact),
  updateContact,
};

const attributeScope = (account_id: number) => ({
  account_id,
  attribute_model: 'contact_attribute' as const,
});

/** The identifying fields of a request; undefined when blank. */
interface IdentityValues {
  identifier: string | undefined;
  email: string | undefined;
  phone_number: string | undefined;
}

const toIdentityValues = (input: {
  identifier?: string;
  email?: string;
  phone_number?: string;
}): IdentityValues => ({
  identifier: toTrimmedText(input.identifier),
  email: toContactEmail(input.email),
  phone_number: toTrimmedText(input.phone_number),
});

/**
 * Creates a session with its contact, or opens the existing session with this `source_id`.
 * @throws not_found for an unknown inbox; unauthorized 401 for a wrong or missing proof; invalid 422 for a new `source_id` that is
 * easy to guess
 */
export async function createContact(app: App, input: CreateInput): Promise<ContactSession> {
  const inbox = await findInbox(app, input.inbox_identifier);
  const proof = proofOf(input);
  if (proof) requireValidProof(inbox, proof, app.now());
  else if (inbox.identity_policy === 'enforce')
    throw unauthorized('This inbox needs a proof of identity: send identifier and identifier_hash');
  const source_id = toTrimmedText(input.source_id);
  return app.db.write(
    async (tx) => {
      const existing = source_id === undefined ? undefined : await findSession(tx, inbox.id, source_id);
      if (existing) return openSession(app, tx, { inbox, session: existing, proof });
      if (
        source_id !== undefined &&
        !proof &&
        inbox.identity_policy !== 'legacy' &&
        !isHardToGuess(source_id)
      )
        throw invalid(
          'source_id',
          'Source id must be hard to guess: a UUID, or at least 22 url-safe characters, or come with a proof of identity',
        );
      return createSession(app, tx, { inbox, proof, source_id: source_id ?? newUuid(), input });
    },
    creationScope(inbox, input),
  );
}

/** With a proof, which may merge contacts and move their conversations, the job runs alone. */
function creationScope({ id, account_id }: InboxRow, input: CreateInput): Scope | undefined {
  if (proofOf(input)) return undefined;
  const names = { source_id: toTrimmedText(input.source_id), ...toIdentityValues(input) };
  return Object.entries(names).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} of ${name === 'source_id' ? id : account_id}: ${value}`],
  );
}

async function findInbox(app: App, identifier: string): Promise<InboxRow> {
  const inbox = await app.db.get(
    app.db.q.selectFrom('inboxes').selectAll().where('identifier', '=', identifier),
  );
  if (!inbox) throw notFound();
  return inbox;
}

interface SessionOpening {
  inbox: InboxRow;
  session: ContactInboxRow;
  proof: Proof | undefined;
}

/**
 * A `source_id` is enough to open its session, unless the session was verified or the id is easy to guess: then it takes a proof.
 */
async function openSession(
  app: App,
  tx: Tx,
  { inbox, session, proof }: SessionOpening,
): Promise<ContactSession> {
  const contact = await getSessionContact(tx, session);
  if (inbox.identity_policy === 'legacy') return toContactSession(session, contact);
  if (proof) {
    const bound = await bindSession(app, tx, session, proof);
    return toContactSession(bound.session, bound.contact);
  }
  if (session.hmac_verified)
    throw unauthorized('This session is verified: send identifier and identifier_hash');
  if (!isHardToGuess(session.source_id))
    throw unauthorized('This session has a guessable source_id: send identifier and identifier_hash');
  return toContactSession(session, contact);
}

async function getSessionContact(tx: Tx, session: ContactInboxRow): Promise<ContactRow> {
  const row = await tx.get(tx.q.selectFrom('contacts').selectAll().where('id', '=', session.contact_id));
  if (!row) throw notFound();
  return row;
}

interface SessionStart {
  inbox: InboxRow;
  proof: Proof | undefined;
  source_id: string;
  input: CreateInput;
}

async function createSession(app: App, tx: Tx, start: SessionStart): Promise<ContactSession> {
  const { inbox, proof, source_id } = start;
  const { contact, claims } = await findOrCreateContact(app, tx, start);
  const session = await insertSession(app, tx, {
    account_id: inbox.account_id,
    inbox_id: inbox.id,
    contact_id: contact.id,
    source_id,
    hmac_verified: proof ? 1 : 0,
    claims: JSON.stringify(claims),
  });
  return toContactSession(session, contact);
}

/**
 * The contact of a new session: with a proof, the owner of the identifier; under `legacy`, the first contact that matches;
 * otherwise
 * a new contact. Values that belong to another contact are stored as claims of the session (decisions.md 8).
 */
async function findOrCreateContact(
  app: App,
  tx: Tx,
  { inbox, proof, input }: SessionStart,
): Promise<{ contact: ContactRow; claims: Claims }> {
  // A signed identifier is stored exactly as it was signed, blanks included.
  const person = { ...toIdentityValues(input), ...(proof && { identifier: proof.identifier }) };
  const account_id = inbox.account_id;
  const keys: ContactKey[] = proof ? ['identifier'] : ['identifier', 'email', 'phone_number'];
  const owners = new Map<ContactKey, ContactRow>();
  for (const key of ['identifier', 'email', 'phone_number'] as const) {
    const value = person[key];
    const owner = value === undefined ? undefined : await findContactBy(tx, account_id, key, value);
    if (owner) owners.set(key, owner);
  }
  const matched = keys.map((key) => owners.get(key)).find((owner) => owner !== undefined);
  if (matched && (proof || inbox.identity_policy === 'legacy'))
    return { contact: matched, claims: claimsOnOthers(person, owners, matched) };
  const free = (key: ContactKey) => (owners.has(key) ? null : (person[key] ?? null));
  await checkCustomAttributes(tx, { ...attributeScope(account_id), given: input.custom_attributes });
  const contact = await insertContact(app, tx, {
    account_id,
    name: cut(toTrimmedText(input.name) ?? generatedName(), 255),
    identifier: free('identifier'),
    email: free('email'),
    phone_number: free('phone_number'),
    custom_attributes: toFreeForm('custom_attributes', input.custom_attributes ?? {}),
  });
  await requestAvatar(tx, { contact, avatar_url: input.avatar_url, replaces: false });
  await emitContact(app, tx, { event: 'contact.created', contact });
  return { contact, claims: claimsOnOthers(person, owners, contact) };
}

/** The values of `person` that belong to another contact than `own`. */
function claimsOnOthers(
  person: IdentityValues,
  owners: Map<ContactKey, ContactRow>,
  own: ContactRow,
): Claims {
  const claims: Claims = {};
  for (const [key, owner] of owners) if (owner.id !== own.id) claims[key] = person[key];
  return claims;
}

/**
 * Changes the caller's own contact; a blank text changes nothing. In the answer, claims stand instead of the contact's values.
 * @throws invalid 422 for custom attributes
 */
async function updateContact(app: App, caller: SessionCaller, input: UpdateInput): Promise<ContactRecord> {
  const { email, phone_number } = toIdentityValues(input);
  const name = toTrimmedText(input.name);
  return app.db.write(async (tx) => {
    const before = await getSessionContact(tx, caller.session);
    const { contact, claims } = await claimOrMerge(app, tx, { caller, contact: before, email, phone_number });
    await checkCustomAttributes(tx, {
      ...attributeScope(contact.account_id),
      given: input.custom_attributes,
      stored: contact.custom_attributes,
    });
    const updated = await updateContactRow(app, tx, contact, {
      ...(name !== undefined && { name }),
      ...(email && claims.email !== email && { email }),
      ...(phone_number && claims.phone_number !== phone_number && { phone_number }),
      ...(input.custom_attributes && {
        custom_attributes: toFreeForm(
          'custom_attributes',
          deepMerge(readBase(contact.custom_attributes), input.custom_attributes),
        ),
      }),
    });
    const text = JSON.stringify(claims);
    if (text !== caller.session.claims)
      await updateClaims(app, tx, [{ id: caller.session.id, claims: text }]);
    if (updated.avatar_url === null)
      await requestAvatar(tx, { contact: updated, avatar_url: input.avatar_url, replaces: false });
    if (updated !== contact)
      await emitContact(app, tx, { event: 'contact.updated', contact: updated, before: contact });
    return { ...toContactRecord(updated, fullAttributes), ...emailAndPhone(claims) };
  });
}

const emailAndPhone = ({ email, phone_number }: Claims) => ({
  ...(email && { email }),
  ...(phone_number && { phone_number }),
});

interface IdentityClaim {
  caller: SessionCaller;
  contact: ContactRow;
  email: string | undefined;
  phone_number: string | undefined;
}

/**
 * When another contact has the e-mail or phone number, `legacy` merges both as Chatwoot does (client-api.md 5.4); other policies
 * store a claim.
 */
async function claimOrMerge(
  app: App,
  tx: Tx,
  { caller, contact, email, phone_number }: IdentityClaim,
): Promise<{ contact: ContactRow; claims: Claims }> {
  const claims = { ...claimsOf(caller.session) };
  let own = contact;
  for (const [key, value] of [
    ['email', email],
    ['phone_number', phone_number],
  ] as const) {
    if (value === undefined) continue;
    delete claims[key];
    const owner = await findContactBy(tx, own.account_id, key, value);
    if (!owner || owner.id === own.id) continue;
    if (caller.inbox.identity_policy !== 'legacy') claims[key] = value;
    else if (key === 'phone_number' && email && owner.email !== email) claims.phone_number = value;
    else own = await mergeContacts(app, tx, { base: owner, mergee: own, whenFull: 'drop' });
  }
  return { contact: own, claims };
}
